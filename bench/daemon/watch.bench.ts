import type { Benchmark } from '../harness/benchmark.ts'
import { atMost, type Bound, unbound } from '../harness/bound.ts'
import { bareProcesses } from './bare-processes.ts'
import { daemon, daemonBare } from './daemon.ts'
import { etcd, etcdBare } from './etcd.ts'
import { lastSeen } from './registry-contender.ts'

/**
 * How soon a change to one instance of a service that has 100 is seen by the last of its watchers: by the clients that users have, whose
 * watchers then have the new set, and, without a goal, by the barest there can be. Two processes that only write and read as many bytes
 * show beside them what no registry on Node can be quicker than.
 */
export const benchmarks: readonly Benchmark[] = [
  ...changeSeenBy(1, atMost(1)),
  ...changeSeenBy(100, atMost(1)),
  ...changeSeenBy(1000, atMost(0.25)),
]

function changeSeenBy(watchers: number, bound: Bound): Benchmark[] {
  const name = `change → last of ${watchers.toLocaleString('en')} watchers`
  return [
    {
      area: 'daemon',
      name,
      unit: 'milliseconds',
      ours: lastSeen(daemon, watchers),
      goals: [{ against: lastSeen(etcd, watchers), bound }],
    },
    {
      area: 'daemon',
      name: `${name}, bare clients`,
      unit: 'milliseconds',
      ours: lastSeen(daemonBare, watchers),
      goals: [{ against: lastSeen(etcdBare, watchers), bound: unbound }],
    },
    {
      area: 'daemon',
      name: `${name}, two bare processes that know no registry`,
      unit: 'milliseconds',
      ours: lastSeen(bareProcesses, watchers),
      goals: [{ against: lastSeen(etcd, watchers), bound: unbound }],
    },
  ]
}
