import type { Benchmark } from '../harness/benchmark.ts'
import { atLeast } from '../harness/bound.ts'
import { daemon } from './daemon.ts'
import { etcd } from './etcd.ts'
import { type Per, rateOf } from './registry-contender.ts'

/** Registrations that are on disk when they are answered, and renewals, of 64 sessions with one request in flight each. */
export const benchmarks: readonly Benchmark[] = [
  rates('register', 'second'),
  rates('register', 'CPU second of the server'),
  rates('renew', 'second'),
  rates('renew', 'CPU second of the server'),
]

function rates(method: 'register' | 'renew', per: Per): Benchmark {
  const what = method === 'register' ? 'registrations (durable)' : 'renewals'
  return {
    area: 'daemon',
    name: `${what} per ${per}`,
    unit: `${what} per ${per}`,
    ours: rateOf(daemon, method, per),
    goals: [{ against: rateOf(etcd, method, per), bound: atLeast(8) }],
  }
}
