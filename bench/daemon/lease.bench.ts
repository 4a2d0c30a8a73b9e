import type { Benchmark } from '../harness/benchmark.ts'
import { atLeast, unbound } from '../harness/bound.ts'
import { daemon, daemonBare } from './daemon.ts'
import { etcd, etcdBare } from './etcd.ts'
import { type Method, type Per, rateOf } from './registry-contender.ts'

const PERS: readonly Per[] = ['second', 'CPU second of the server']

/**
 * Registrations that are on disk when they are answered, and renewals, of 64 sessions with one request in flight each: by the clients
 * that users have and, without a goal, by the barest there can be, which tell more of the servers.
 */
export const benchmarks: readonly Benchmark[] = [
  ...everyPer('register', 'registrations (durable)'),
  ...everyPer('renew', 'renewals'),
]

function everyPer(method: Method, what: string): Benchmark[] {
  return PERS.flatMap(per => [
    {
      area: 'daemon',
      name: `${what} per ${per}`,
      unit: `${what} per ${per}`,
      ours: rateOf(daemon, method, per),
      goals: [{ against: rateOf(etcd, method, per), bound: atLeast(8) }],
    },
    {
      area: 'daemon',
      name: `${what} per ${per}, bare clients`,
      unit: `${what} per ${per}`,
      ours: rateOf(daemonBare, method, per),
      goals: [{ against: rateOf(etcdBare, method, per), bound: unbound }],
    },
  ])
}
