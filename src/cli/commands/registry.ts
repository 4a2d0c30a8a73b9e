import { type Command, Option } from 'commander'
import { parseDuration } from '../duration.ts'

const EXAMPLES = `
When it is ready it prints its URL, as others give it to --registry. Data is kept in a folder, so that it comes back, even from a crash, with
what it knew: by default $XDG_STATE_HOME/ropewalk/registry-<port>, where XDG_STATE_HOME is ~/.local/state unless set. On port 0, and with
--memory, it is lost with the process; applications then register again by themselves.

Examples:
  ropewalk registry
  ropewalk registry --memory --listen tcp:0:interface=127.0.0.1
  ropewalk registry --listen tcp:8500 --insecure         open to everybody who reaches this machine

It answers curl as well:
  curl http://127.0.0.1:8500/api/v1/services`

interface RegistryCommandOptions {
  readonly listen: string
  readonly data?: string
  readonly memory?: boolean
  readonly grace?: number
  readonly insecure?: boolean
}

/** Adds the command `registry`. */
export function addRegistryCommand(program: Command): void {
  program
    .command('registry')
    .description('run the registry daemon')
    .addOption(
      new Option('--listen <endpoint>', 'where to listen')
        .default('tcp:8500:interface=127.0.0.1')
        .env('ROPEWALK_LISTEN'),
    )
    .option('--data <folder>', 'where to keep what must survive a restart')
    .option('--memory', 'keep nothing')
    .option('--grace <duration>', 'how long instances of a lost connection are kept (3s)', parseDuration)
    .option('--insecure', 'listen beyond this machine although everybody may change everything')
    .addHelpText('after', EXAMPLES)
    .action(async (options: RegistryCommandOptions) => {
      const { runRegistry } = await import('../run-registry.ts')
      await runRegistry({ ...options, dataPath: options.memory ? null : options.data, graceMs: options.grace })
    })
}
