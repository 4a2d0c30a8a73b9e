import { dirname, resolve } from 'node:path'
import type { Command } from 'commander'

const EXAMPLES = `
The configuration is JSON, or a module whose default export is the same:

  {
    "registry": { "port": 8500 },                  or the URL of one that runs; default: port 8500, in memory
    "applications": {
      "users":  { "run": "users.ts", "instances": 3 },
      "orders": { "run": "orders.ts", "instances": 2, "after": ["users"] },
      "load":   { "command": ["python3", "load.py"], "after": ["orders"], "service": false }
    }
  }

Fields of the registry: port (0: a free one), data (a folder; without it the data is lost with the process).
Fields of an application:
  run, command       a file for "ropewalk run", or a program with its arguments
  instances          how many processes (1)
  service            the service name it registers (its own name), or false if none
  after              the applications that must be found before it starts
  environment        variables to add; ROPEWALK_REGISTRY is set for all
  directory          where it runs, from the folder of the configuration (that folder)
  startMs            how long it may take until it is found (30000)

A process that ends is started again, with growing pauses, at most five times a minute per application; after that everything stops, as it does
when one ends before it was found at all. Ctrl-C stops all in the reverse order, each with the time to finish its work.

Examples:
  ropewalk up system.json`

/** Adds the command `up`. */
export function addUpCommand(program: Command): void {
  program
    .command('up')
    .description('run a whole system on this machine: a registry and applications, each in its processes')
    .argument('<config>', 'a .json, .ts or .js file')
    .addHelpText('after', EXAMPLES)
    .action(async (file: string) => {
      const { loadConfig } = await import('../up/load-config.ts')
      const config = await loadConfig(file)
      const { createSystem } = await import('../up/system.ts')
      const { freePort } = await import('../up/free-port.ts')
      const { run } = await import('../../run.ts')
      await run(await createSystem(config, { directory: dirname(resolve(file)), freePort }))
    })
}
