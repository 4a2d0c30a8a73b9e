import { daemon } from '../daemon/daemon.ts'
import { etcd } from '../daemon/etcd.ts'
import { lastSeen, type Method, type Per, rateOf } from '../daemon/registry-contender.ts'
import type { Benchmark } from '../harness/benchmark.ts'
import { atLeast, atMostOneIn } from '../harness/bound.ts'
import { consul, zooKeeper } from './engines.ts'

const PEERS = [etcd, consul, zooKeeper]
const PERS: readonly Per[] = ['second', 'CPU second of the server']
const WATCHERS = 1_000

/** How many changes of a watched service are made in a round. */
const CHANGES = 3

/** The session protocol beside the three engines: a goal against the best of them is one against each. */
export const benchmarks: readonly Benchmark[] = [
  ...PERS.map(per => rates('register', per)),
  ...PERS.map(per => rates('renew', per)),
  {
    area: 'engines',
    name: `change → last of ${WATCHERS.toLocaleString('en')} watchers of a service with 100 instances`,
    unit: 'milliseconds',
    ours: lastSeen(daemon, WATCHERS, CHANGES),
    goals: PEERS.map(peer => ({ against: lastSeen(peer, WATCHERS, CHANGES), bound: atMostOneIn(5) })),
    warmUpRounds: 1,
  },
]

/** What 64 sessions do that have one instance each, and one request in flight. */
function rates(method: Method, per: Per): Benchmark {
  const what = method === 'register' ? 'registrations (durable)' : 'renewals'
  const rate = { method, per, instances: 1 }
  return {
    area: 'engines',
    name: `${what} per ${per}, one instance per session`,
    unit: `${what} per ${per}`,
    ours: rateOf(daemon, rate),
    goals: PEERS.map(peer => ({ against: rateOf(peer, rate), bound: atLeast(3) })),
    warmUpRounds: 2,
  }
}
