import type { Command } from 'commander'
import { administer } from '../daemon-access.ts'
import { globalOptions } from '../global-options.ts'
import { printResult } from '../output.ts'

const EXAMPLES = `
For instances that nobody looks after any more. One whose process lives registers itself again: stop that, or use "drain".

Examples:
  ropewalk deregister users-host1-4711-x8k2
  ropewalk deregister blue --service users`

/** Adds the command `deregister`. */
export function addDeregisterCommand(program: Command): void {
  program
    .command('deregister')
    .description('take an instance out of the registry')
    .argument('<id>', 'the instance')
    .option('--service <name>', 'its service, where the id alone is not enough')
    .addHelpText('after', EXAMPLES)
    .action(async (id: string, { service }: { service?: string }, command: Command) => {
      const options = globalOptions(command)
      await (await administer(options)).deregister({ id, serviceName: service })
      printResult(options.json, { id, deregistered: true }, () => `${id} is deregistered`)
    })
}
