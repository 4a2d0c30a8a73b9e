import { Argument, type Command } from 'commander'
import { COMPLETION_SCRIPTS, type Shell } from '../completion/scripts.ts'
import { completions } from '../completion/completions.ts'
import { globalOptions } from '../global-options.ts'
import { printLine } from '../output.ts'
import { askRegistry, first } from '../registry-access.ts'

const EXAMPLES = `
Completed are commands, options and, from the registry, the names of services.

Examples:
  source <(ropewalk completion bash)                                    now; or in ~/.bashrc for good
  source <(ropewalk completion zsh)                                     likewise in ~/.zshrc, after compinit
  ropewalk completion fish > ~/.config/fish/completions/ropewalk.fish`

/** A shell does not wait longer than this for the names of services. */
const NAMES_MS = 500

/** Adds the command `completion`, and the hidden one that the scripts it prints call. */
export function addCompletionCommands(program: Command): void {
  program
    .command('completion')
    .description('print a script that completes commands in a shell')
    .addArgument(new Argument('<shell>', 'which').choices(Object.keys(COMPLETION_SCRIPTS)))
    .addHelpText('after', EXAMPLES)
    .action((shell: Shell) => printLine(COMPLETION_SCRIPTS[shell]))
  program
    .command('complete', { hidden: true })
    .argument('[words...]')
    .action(async (words: string[], _options: unknown, command: Command) => {
      const { registry } = globalOptions(command)
      const found = await completions(program, words, () => serviceNames(registry))
      if (found.length > 0) printLine(found.join('\n'))
    })
}

async function serviceNames(url: string): Promise<readonly string[]> {
  try {
    const ask = async () =>
      askRegistry({ registry: url, timeout: NAMES_MS }, (registry, signal) => first(registry.services({ signal })))
    return (await ask()).names
  } catch {
    return []
  }
}
