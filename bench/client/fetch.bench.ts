import type { Benchmark } from '../harness/benchmark.ts'
import { atLeast } from '../harness/bound.ts'
import { caller } from './calls.ts'

const undiciFetch = caller("undici's fetch over a Pool", { caller: 'undici-fetch.ts' })
const globalFetch = caller("Node's global fetch", { caller: 'global-fetch.ts' })

/** Calls by name, `client.fetch(…)`, of a service with three instances. */
export const benchmarks: readonly Benchmark[] = [
  {
    area: 'client',
    name: 'call by name, fetch form',
    unit: 'calls per CPU second of the client',
    ours: caller('ropewalk', { caller: 'ropewalk-fetch.ts' }),
    goals: [
      { against: undiciFetch, bound: atLeast(0.95) },
      { against: globalFetch, bound: atLeast(1.1) },
    ],
  },
]
