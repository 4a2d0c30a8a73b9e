import type { Command } from 'commander'
import { globalOptions } from '../global-options.ts'
import { addRegistrationOptions, type RegistrationOptions } from '../registration.ts'

const EXAMPLES = `
For programs in any language. It stays in the foreground and renews the registration while the program's port answers. With a command, it
runs that too: it is registered once its port answers; at SIGTERM it is drained first, and only then told to end. When the command
ends by itself, so does this.

Examples:
  ropewalk register users --port 0 -- python3 -m flask run          it listens on $PORT, or
  ropewalk register users --port 8080 -- sh -c 'exec ./users --listen "$PORT"'
  ropewalk register mail --endpoint tcp://10.0.0.7:25 --tag smtp     something that runs already`

/** Adds the command `register`. */
export function addRegisterCommand(program: Command): void {
  const command = program
    .command('register')
    .description('register a program that knows nothing of ropewalk, and run it')
    .argument('<service>', 'the name it is to be found under')
    .argument('[command...]', 'after --: what to run')
  addRegistrationOptions(command)
    .addHelpText('after', EXAMPLES)
    .action(async (...[serviceName, argv, options, self]: [string, string[], RegistrationOptions, Command]) => {
      if (options.port === undefined && options.endpoint.length === 0) {
        self.error('ropewalk: say where it listens, with --port or --endpoint')
      }
      const { runRegistered } = await import('../run-registered.ts')
      await runRegistered({ ...options, registry: globalOptions(self).registry, serviceName, command: argv })
    })
}
