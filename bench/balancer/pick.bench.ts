import type { Benchmark, Contender } from '../harness/benchmark.ts'
import { atMost } from '../harness/bound.ts'
import { Program } from '../harness/program.ts'

const NANOSECONDS_MAX = { 'round robin': 15, 'power of two choices': 100 } as const
const GROWTH_MAX = 1.3

type Policy = keyof typeof NANOSECONDS_MAX

/** `pick()` of each policy: how long it takes, and that it takes the same however many instances there are. */
export const benchmarks: readonly Benchmark[] = [...picksWith('round robin'), ...picksWith('power of two choices')]

function picksWith(policy: Policy): Benchmark[] {
  const few = picker(policy, 10)
  return [1000, 10_000].map(instances => ({
    area: 'balancer',
    name: `pick() of ${instances.toLocaleString('en')}, ${policy}`,
    unit: 'nanoseconds per pick',
    ours: picker(policy, instances),
    goals: [{ bound: atMost(NANOSECONDS_MAX[policy]) }, { against: few, bound: atMost(GROWTH_MAX) }],
  }))
}

function picker(policy: Policy, instances: number): Contender {
  return {
    name: `pick() of ${instances.toLocaleString('en')}`,
    async open() {
      const program = await Program.start(new URL('programs/pick.ts', import.meta.url), { policy, instances })
      return { measure: () => program.ask<number>('run'), close: () => program.close() }
    },
  }
}
