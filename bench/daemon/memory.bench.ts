import type { Benchmark, Contender } from '../harness/benchmark.ts'
import { atMost } from '../harness/bound.ts'
import { Program } from '../harness/program.ts'
import type { Memory } from './programs/daemon.ts'

const INSTANCES_BEFORE = 10_000
const INSTANCES = 100_000
const BYTES_MAX = 1536

/**
 * What an instance occupies in the daemon when there are 100,000: what it has grown by since there were 10,000, so that what any Node
 * process occupies once it works is not counted. Each round is a daemon of its own.
 */
export const benchmarks: readonly Benchmark[] = [memory('alive', 'heldBytes'), memory('resident', 'residentBytes')]

function memory(what: string, kind: keyof Memory): Benchmark {
  return {
    area: 'daemon',
    name: `memory per instance of 100,000, ${what}`,
    unit: 'bytes per instance',
    ours: daemonFilled(kind),
    goals: [{ bound: atMost(BYTES_MAX) }],
    warmUpRounds: 0,
    roundsMax: 3,
  }
}

function daemonFilled(kind: keyof Memory): Contender {
  return { name: 'ropewalk registry', open: async () => ({ measure: () => fill(kind), close: async () => {} }) }
}

async function fill(kind: keyof Memory): Promise<number> {
  const daemon = await Program.start<{ port: number }>(new URL('programs/daemon.ts', import.meta.url))
  const filling = await Program.start(new URL('programs/fill.ts', import.meta.url), { ...daemon.facts })
  await filling.ask('fill', INSTANCES_BEFORE)
  const before = await daemon.ask<Memory>('memory')
  await filling.ask('fill', INSTANCES - INSTANCES_BEFORE)
  const after = await daemon.ask<Memory>('memory')
  await filling.close()
  await daemon.ask('stop')
  await daemon.close()
  return (after[kind] - before[kind]) / (INSTANCES - INSTANCES_BEFORE)
}
