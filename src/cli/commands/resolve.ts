import type { Command } from 'commander'
import { NothingToCallError } from '../errors.ts'
import { globalOptions } from '../global-options.ts'
import { printResult } from '../output.ts'
import { askRegistry, currentSet } from '../registry-access.ts'
import { type Resolved, resolveSet } from '../resolve-set.ts'

const EXAMPLES = `
Shown are the endpoints a client would pick from now: of the instances in the best status that any has, never of draining ones.

Examples:
  ropewalk resolve users                          tcp://10.0.0.5:8080, one endpoint per line
  nc $(ropewalk resolve users --one --host-port | tr : ' ')`

interface ResolveFlags {
  readonly one?: boolean
  readonly hostPort?: boolean
}

/** Adds the command `resolve`. */
export function addResolveCommand(program: Command): void {
  program
    .command('resolve')
    .description('print the endpoints a call would go to')
    .argument('<service>', 'its name')
    .option(
      '--one',
      'only one of them, picked as a client does: by weight and chance, less often those that have just started',
    )
    .option('--host-port', 'as host:port, on a line each, even when not on a terminal')
    .addHelpText('after', EXAMPLES)
    .action(async (name: string, { one, hostPort }: ResolveFlags, command: Command) => {
      const options = globalOptions(command)
      const set = await askRegistry(options, (registry, signal) => currentSet(registry, name, { signal }))
      const resolved = resolveSet(set, { one: one ?? false })
      if (resolved.length === 0) throw new NothingToCallError(name, set.instances.length)
      printResult(options.json && !hostPort, resolved, shown => formatEndpoints(shown, hostPort ?? false))
    })
}

function formatEndpoints(resolved: readonly Resolved[], hostPort: boolean): string {
  const endpoints = resolved.flatMap(({ endpoints: [preferred = ''] }) => preferred)
  return endpoints.map(endpoint => (hostPort ? endpoint.replace(/^[a-z]+:\/\//, '') : endpoint)).join('\n')
}
