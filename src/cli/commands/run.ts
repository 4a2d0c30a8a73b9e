import type { Command } from 'commander'
import type { Service } from '../../application/service.ts'
import { UnusableFileError } from '../errors.ts'
import { globalOptions } from '../global-options.ts'
import { importDefault } from '../import-default.ts'

const EXAMPLES = `
A file exports its application as default:

  export default new Application('users', [registry, site, registrant])

It runs until SIGINT or SIGTERM: then its instances drain, are deregistered, and finish what is in flight. Logs go to stderr, at the
level in ROPEWALK_LOG (debug, info, warn, error, silent), as JSON when that is not a terminal.

Examples:
  ropewalk run users.ts
  ropewalk run users.ts orders.ts --registry ropewalk://10.0.0.9:8500
  ropewalk run users.ts orders.ts --registry memory:       without a registry daemon: in one process`

/** Adds the command `run`. */
export function addRunCommand(program: Command): void {
  program
    .command('run')
    .description('run applications, all in this process')
    .argument('<file...>', 'TypeScript or JavaScript files')
    .addHelpText('after', EXAMPLES)
    .action(async (files: string[], _options: unknown, command: Command) => {
      process.env['ROPEWALK_REGISTRY'] = globalOptions(command).registry
      const applications: Service[] = []
      for (const file of files) applications.push(await importApplication(file))
      await runAll(applications)
    })
}

async function runAll(applications: readonly Service[]): Promise<void> {
  const { Application } = await import('../../application/application.ts')
  const { run } = await import('../../run.ts')
  const [first, ...more] = applications
  if (first) await run(more.length === 0 ? first : new Application('ropewalk', applications))
}

/** Rejects with `UnusableFileError` when the file exports no Service. */
async function importApplication(file: string): Promise<Service> {
  const exported = await importDefault(file)
  if (isService(exported)) return exported
  throw new UnusableFileError(file, 'exports as default something that is no Service: export an Application')
}

function isService(value: unknown): value is Service {
  return typeof value === 'object' && value !== null && 'start' in value && 'stop' in value && 'name' in value
}
