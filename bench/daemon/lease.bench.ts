import type { Benchmark } from '../harness/benchmark.ts'
import { atLeast, unbound } from '../harness/bound.ts'
import { bareRenewals } from './bare-processes.ts'
import { daemon, daemonBare } from './daemon.ts'
import { etcd, etcdBare } from './etcd.ts'
import { type Method, type Per, rateOf } from './registry-contender.ts'

const PERS: readonly Per[] = ['second', 'CPU second of the server']

/** How many instances a session has, and what that is called. */
const LOADS = [
  { instances: 1, load: 'one in flight per session' },
  { instances: 16, load: '16 in flight per session' },
]

/**
 * Registrations that are on disk when they are answered, and renewals, of 64 sessions: by the clients that users have and, for one in
 * flight and without a goal, by the barest there can be, which tell more of the servers. Two processes that only say and answer as many
 * bytes show beside the renewals what no registry on Node can be cheaper than.
 */
export const benchmarks: readonly Benchmark[] = [
  ...everyLoad('register', 'registrations (durable)'),
  ...everyLoad('renew', 'renewals'),
]

function everyLoad(method: Method, what: string): Benchmark[] {
  return LOADS.flatMap(({ instances, load }) =>
    PERS.flatMap(per => {
      const rate = { method, per, instances }
      const name = `${what} per ${per}, ${load}`
      const common = { area: 'daemon', unit: `${what} per ${per}`, warmUpRounds: 3 }
      const byUsers = {
        ...common,
        name,
        ours: rateOf(daemon, rate),
        goals: [{ against: rateOf(etcd, rate), bound: atLeast(8) }],
      }
      const barely = {
        ...common,
        name: `${name}, bare clients`,
        ours: rateOf(daemonBare, rate),
        goals: [{ against: rateOf(etcdBare, rate), bound: unbound }],
      }
      const floor = {
        ...common,
        name: `${name}, two bare processes that know no registry`,
        ours: rateOf(bareRenewals, rate),
        goals: [{ against: rateOf(etcd, rate), bound: unbound }],
      }
      if (instances > 1) return [byUsers]
      return method === 'renew' ? [byUsers, barely, floor] : [byUsers, barely]
    }),
  )
}
