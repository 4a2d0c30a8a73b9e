import type { Benchmark } from '../harness/benchmark.ts'
import { atLeast } from '../harness/bound.ts'
import { caller } from './calls.ts'

const threePools = caller('three undici Pools in turn', { caller: 'undici-pool.ts', input: { pools: 3 } })
const onePool = caller('one undici Pool', { caller: 'undici-pool.ts', input: { pools: 1 } })
const grpc = caller('grpc-js, round robin', { caller: 'grpc-call.ts', backends: 'grpc-backends.ts' })

/** Calls by name, `client.request(…)`, of a service with three instances. */
export const benchmarks: readonly Benchmark[] = [
  {
    area: 'client',
    name: 'call by name, request form',
    unit: 'calls per CPU second of the client',
    ours: caller('ropewalk', { caller: 'ropewalk-request.ts' }),
    goals: [
      { against: threePools, bound: atLeast(0.95) },
      { against: onePool, bound: atLeast(0.75) },
      { against: grpc, bound: atLeast(3) },
    ],
  },
]
