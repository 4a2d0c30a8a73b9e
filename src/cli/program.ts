import { Command } from 'commander'
import { addCallCommand } from './commands/call.ts'
import { addCompletionCommands } from './commands/completion.ts'
import { addDeregisterCommand } from './commands/deregister.ts'
import { addDrainCommand } from './commands/drain.ts'
import { addInstancesCommand } from './commands/instances.ts'
import { addRegisterCommand } from './commands/register.ts'
import { addRegistryCommand } from './commands/registry.ts'
import { addResolveCommand } from './commands/resolve.ts'
import { addRunCommand } from './commands/run.ts'
import { addServicesCommand } from './commands/services.ts'
import { addStatusCommand } from './commands/status.ts'
import { addSyncCommand } from './commands/sync.ts'
import { addTokenCommand } from './commands/token.ts'
import { addUpCommand } from './commands/up.ts'
import { addWatchCommand } from './commands/watch.ts'
import { EXIT_STATUS_HELP } from './exit-status.ts'
import { addGlobalOptions } from './global-options.ts'
import { packageVersion } from './package-version.ts'

const EXAMPLES = `
Examples:
  ropewalk registry                        run the registry daemon
  ropewalk run users.ts                    run an application; it is found as soon as it is ready
  ropewalk call users /42                  call it by name
  ropewalk up system.json                  all of it at once

`

/** In the order of the help. */
const COMMANDS = [
  addRunCommand,
  addRegistryCommand,
  addUpCommand,
  addStatusCommand,
  addServicesCommand,
  addInstancesCommand,
  addResolveCommand,
  addWatchCommand,
  addCallCommand,
  addDrainCommand,
  addRegisterCommand,
  addDeregisterCommand,
  addSyncCommand,
  addTokenCommand,
  addCompletionCommands,
]

/** The whole command line. It throws commander's `CommanderError`, after printing, where commander would end the process. */
export function createProgram(): Command {
  const program = addGlobalOptions(
    new Command('ropewalk')
      .description('Runs services that are found exactly while they can do work.')
      .version(packageVersion(), '-V, --version', 'print the version')
      .helpOption('-h, --help', 'print help')
      .configureHelp({ showGlobalOptions: true })
      .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, 'ropewalk: ')) })
      .showHelpAfterError('Try: ropewalk --help')
      .addHelpText('after', EXAMPLES + EXIT_STATUS_HELP)
      .exitOverride(),
  )
  for (const add of COMMANDS) add(program)
  for (const command of program.commands) command.showHelpAfterError(`Try: ropewalk ${command.name()} --help`)
  return program
}
