import { bareProcesses, bareRegistrations, bareRenewals } from '../daemon/bare-processes.ts'
import { daemon, daemonBare } from '../daemon/daemon.ts'
import { etcd } from '../daemon/etcd.ts'
import { lastSeen, type Method, type Per, type Rate, rateOf } from '../daemon/registry-contender.ts'
import type { Benchmark } from '../harness/benchmark.ts'
import { atLeast, atMostOneIn, unbound } from '../harness/bound.ts'
import { consul, zooKeeper } from './engines.ts'

const PEERS = [etcd, consul, zooKeeper]
const PERS: readonly Per[] = ['second', 'CPU second of the server']
const WATCHERS = 1_000

/** How many changes a round has for Consul, which takes seconds for each; for all others there are more, as in the area `daemon`. */
const CONSUL_CHANGES = 3

const change = {
  area: 'engines',
  name: `change → last of ${WATCHERS.toLocaleString('en')} watchers of a service with 100 instances`,
  unit: 'milliseconds',
}

/**
 * The session protocol beside the three engines: a goal against the best of them is one against each. ZooKeeper has the barest client there can be, so that
 * ours stands beside it by its barest, too. Two processes that only write and read as many bytes
 * show beside them, without a goal, what no registry on Node can be quicker than.
 */
export const benchmarks: readonly Benchmark[] = [
  ...PERS.flatMap(per => [rates('register', per), bareRates('register', per)]),
  ...PERS.flatMap(per => [rates('renew', per), bareRates('renew', per)]),
  ...PERS.map(per => floor('register', per)),
  ...PERS.map(per => floor('renew', per)),
  {
    ...change,
    ours: lastSeen(daemon, WATCHERS),
    goals: [
      { against: lastSeen(etcd, WATCHERS), bound: atMostOneIn(5) },
      { against: lastSeen(consul, WATCHERS, CONSUL_CHANGES), bound: atMostOneIn(5) },
      { against: lastSeen(zooKeeper, WATCHERS), bound: atMostOneIn(5) },
    ],
  },
  {
    ...change,
    name: `${change.name}, bare clients`,
    ours: lastSeen(daemonBare, WATCHERS),
    goals: [{ against: lastSeen(zooKeeper, WATCHERS), bound: atMostOneIn(5) }],
  },
  {
    ...change,
    name: `${change.name}, two bare processes that know no registry`,
    ours: lastSeen(bareProcesses, WATCHERS),
    goals: [
      { against: lastSeen(etcd, WATCHERS), bound: unbound },
      { against: lastSeen(zooKeeper, WATCHERS), bound: unbound },
    ],
  },
]

/** What 64 sessions do that have one instance each, and one request in flight. */
function rates(method: Method, per: Per): Benchmark {
  const rate = { method, per, instances: 1 }
  return {
    ...rateRow(rate),
    ours: rateOf(daemon, rate),
    goals: PEERS.map(peer => ({ against: rateOf(peer, rate), bound: atLeast(3) })),
  }
}

/** The same, by a client that does as little as that of ZooKeeper. */
function bareRates(method: Method, per: Per): Benchmark {
  const rate = { method, per, instances: 1 }
  return {
    ...rateRow(rate, 'bare clients'),
    ours: rateOf(daemonBare, rate),
    goals: [{ against: rateOf(zooKeeper, rate), bound: atLeast(3) }],
  }
}

/** What no registry on Node can be quicker than, beside the engine that comes nearest to it. */
function floor(method: Method, per: Per): Benchmark {
  const rate = { method, per, instances: 1 }
  return {
    ...rateRow(rate, 'two bare processes that know no registry'),
    ours: rateOf(method === 'register' ? bareRegistrations : bareRenewals, rate),
    goals: [{ against: rateOf(zooKeeper, rate), bound: unbound }],
  }
}

function rateRow({ method, per }: Rate, by?: string) {
  const unit = `${method === 'register' ? 'registrations (durable)' : 'renewals'} per ${per}`
  const name = `${unit}, one instance per session`
  return { area: 'engines', name: by === undefined ? name : `${name}, ${by}`, unit }
}
