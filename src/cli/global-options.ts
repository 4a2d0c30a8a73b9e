import { type Command, Option } from 'commander'
import { parseDuration } from './duration.ts'
import { REGISTRY_FORMS } from './registry-url.ts'

/** The registry that is asked when nobody says which. */
export const DEFAULT_REGISTRY_URL = 'ropewalk://127.0.0.1:8500'

/** Options every command takes, before or after its name. */
export interface GlobalOptions {
  readonly registry: string
  /** Whether results are to be JSON: asked for, or not going to a terminal. */
  readonly json: boolean
  /** How long to wait for an answer of the registry. */
  readonly timeout: number
}

/** Adds the options to `program`. */
export function addGlobalOptions(program: Command): Command {
  return program
    .addOption(
      new Option('-r, --registry <url>', `the registry, by a URL: ${REGISTRY_FORMS.map(schemeOf).join(' ')}`)
        .env('ROPEWALK_REGISTRY')
        .default(DEFAULT_REGISTRY_URL),
    )
    .addOption(new Option('--json', 'results as JSON (the default when not on a terminal)'))
    .addOption(new Option('--table', 'results for people (the default on a terminal)').conflicts('json'))
    .addOption(
      new Option('--timeout <duration>', 'how long to wait for an answer')
        .argParser(parseDuration)
        .default(5_000, '5s'),
    )
}

/** The values of the options, whichever side of the command's name they stood. */
export function globalOptions(command: Command): GlobalOptions {
  const { registry, json, table, timeout } = command.optsWithGlobals<{
    registry: string
    json?: boolean
    table?: boolean
    timeout: number
  }>()
  // An empty variable says nothing, but an empty argument is a mistake: `--registry "$UNSET"` must not end at some other registry.
  const isGiven = registry !== '' || command.getOptionValueSourceWithGlobals('registry') === 'cli'
  return {
    registry: isGiven ? registry : DEFAULT_REGISTRY_URL,
    json: json ?? (table ? false : !process.stdout.isTTY),
    timeout,
  }
}

/** With the colon. */
function schemeOf(form: string): string {
  return form.slice(0, form.indexOf(':') + 1)
}
