import type { Command } from 'commander'
import { Candidate, CandidateSet, leastRequests, RandomChoice } from '../../balancer/index.ts'
import type { Instance } from '../../discovery/instance.ts'
import type { InstanceSet } from '../../discovery/instance-set.ts'
import { NothingToCallError } from '../errors.ts'
import { globalOptions } from '../global-options.ts'
import { printResult } from '../output.ts'
import { askRegistry, currentSet } from '../registry-access.ts'

/** An instance as `ropewalk resolve` shows it. */
export type Resolved = Pick<Instance, 'id' | 'status' | 'weight' | 'endpoints'>

const EXAMPLES = `
Shown are the endpoints a client would pick from now: of the instances in the best status that any has, never of draining ones.

Examples:
  ropewalk resolve users                          tcp://10.0.0.5:8080, one endpoint per line
  nc $(ropewalk resolve users --one --host-port | tr : ' ')`

interface ResolveOptions {
  readonly one?: boolean
  readonly hostPort?: boolean
}

/** Adds the command `resolve`. */
export function addResolveCommand(program: Command): void {
  program
    .command('resolve')
    .description('print the endpoints a call would go to')
    .argument('<service>', 'its name')
    .option('--one', 'only one of them, picked by weight and chance')
    .option('--host-port', 'as host:port, on a line each, even when not on a terminal')
    .addHelpText('after', EXAMPLES)
    .action(async (name: string, { one, hostPort }: ResolveOptions, command: Command) => {
      const options = globalOptions(command)
      const set = await askRegistry(options, (registry, signal) => currentSet(registry, name, { signal }))
      const resolved = resolve(set, one ?? false)
      if (resolved.length === 0) throw new NothingToCallError(name, set.instances.length)
      printResult(options.json && !hostPort, resolved, shown => formatEndpoints(shown, hostPort ?? false))
    })
}

function resolve({ instances }: InstanceSet, one: boolean): Resolved[] {
  const candidates = new CandidateSet(instance => new Candidate(instance, leastRequests))
  candidates.update(instances)
  const picked = one ? [new RandomChoice().pick(candidates.best) ?? []].flat() : [...new Set(candidates.best)]
  return picked.map(({ instance: { id, status, weight, endpoints } }) => ({ id, status, weight, endpoints }))
}

function formatEndpoints(resolved: readonly Resolved[], hostPort: boolean): string {
  const endpoints = resolved.flatMap(({ endpoints: [preferred = ''] }) => preferred)
  return endpoints.map(endpoint => (hostPort ? endpoint.replace(/^[a-z]+:\/\//, '') : endpoint)).join('\n')
}
