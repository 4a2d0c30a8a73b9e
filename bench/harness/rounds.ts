import { EngineMissingError } from '../../tools/engines/find.ts'
import type { Benchmark, Contender, Subject } from './benchmark.ts'
import type { Measured } from './row.ts'

/** V8 goes on optimising for some seconds: a first round measured less than half of the sixth. */
export const WARM_UP_ROUNDS = 6

/** A Contender that is ready, with its rounds so far; or why it is not. */
type Entry = { contender: Contender; subject: Subject; figures: number[] }

/**
 * Measures all Contenders of `benchmark` in `rounds` rounds that alternate, A B A B, after some that are not counted, in
 * which engines and compilers warm up. All are open
 * at once, one is measured at a time. A Contender whose engine is missing is left out; any other failure rejects. Whatever
 * happens, all that was opened is closed.
 */
export async function measureRounds(benchmark: Benchmark, rounds: number): Promise<Measured> {
  const { warmUpRounds = WARM_UP_ROUNDS, roundsMax = Infinity } = benchmark
  const measured = new Map<string, readonly number[] | string>()
  const entries: Entry[] = []
  try {
    for (const contender of contendersOf(benchmark)) {
      try {
        entries.push({ contender, subject: await contender.open(), figures: [] })
      } catch (error) {
        if (!(error instanceof EngineMissingError)) throw error
        measured.set(contender.name, error.message)
      }
    }
    for (let round = 0; round < warmUpRounds; round++) {
      for (const { subject } of entries) await subject.measure()
    }
    for (let round = 0; round < Math.min(rounds, roundsMax); round++) {
      for (const { subject, figures } of entries) figures.push(await subject.measure())
    }
  } finally {
    await Promise.all(entries.map(({ subject }) => subject.close()))
  }
  for (const { contender, figures } of entries) measured.set(contender.name, figures)
  return measured
}

function contendersOf({ ours, goals }: Benchmark): Contender[] {
  return [...new Set([ours, ...goals.flatMap(goal => goal.against ?? [])])]
}
