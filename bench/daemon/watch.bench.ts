import type { Benchmark } from '../harness/benchmark.ts'
import { atMost } from '../harness/bound.ts'
import { daemon } from './daemon.ts'
import { etcd } from './etcd.ts'
import { lastSeen } from './registry-contender.ts'

/** How soon a change to one instance of a service that has 100 is seen by the last of its watchers. */
export const benchmarks: readonly Benchmark[] = [changeSeenBy(1, 1), changeSeenBy(100, 1), changeSeenBy(1000, 0.25)]

function changeSeenBy(watchers: number, ratioMax: number): Benchmark {
  return {
    area: 'daemon',
    name: `change → last of ${watchers.toLocaleString('en')} watchers`,
    unit: 'milliseconds',
    ours: lastSeen(daemon, watchers),
    goals: [{ against: lastSeen(etcd, watchers), bound: atMost(ratioMax) }],
  }
}
