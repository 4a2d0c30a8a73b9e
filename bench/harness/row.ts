import type { Benchmark, Goal } from './benchmark.ts'
import { unbound } from './bound.ts'
import { ratios, spread, type Spread } from './statistics.ts'

/** One line of the result, as `--json` writes it. */
export interface Row {
  readonly area: string
  readonly name: string
  /** The peer; `–` when our figure itself is bound. */
  readonly against: string
  /** The median of the rounds: ours ÷ theirs, or our figure when there is no peer. Null when the row was skipped or has failed. */
  readonly ratio: number | null
  readonly min: number | null
  readonly max: number | null
  /** The bound, as `≥ 0.95`. */
  readonly goal: string
  /** Whether the median keeps the bound. False when it has failed. Null when the row was skipped, or has no goal. */
  readonly met: boolean | null
}

/** A Row with what people want to know besides. */
export interface Result {
  readonly row: Row
  readonly unit: string
  /** The figures behind the ratio, in `unit`. */
  readonly ours?: Spread
  readonly theirs?: Spread
  /** Why it was not measured, if it was not. */
  readonly skipped?: string
  /** What went wrong while it was measured, if something did. */
  readonly failed?: string
}

/** What the Contenders of one Benchmark measured, by name and round, or the reason why one could not be. */
export type Measured = ReadonlyMap<string, readonly number[] | string>

/** The row of `goal`, from the rounds that were measured. */
export function resultOf(benchmark: Benchmark, goal: Goal, measured: Measured): Result {
  const ours = measured.get(benchmark.ours.name) ?? 'not measured'
  const theirs = goal.against ? (measured.get(goal.against.name) ?? 'not measured') : undefined
  if (typeof ours === 'string') return skipped(benchmark, goal, ours)
  if (typeof theirs === 'string') return skipped(benchmark, goal, theirs)
  const { median, min, max } = spread(theirs ? ratios(ours, theirs) : ours)
  const row = {
    ...heading(benchmark, goal),
    ratio: median,
    min,
    max,
    goal: goal.bound.text,
    met: goal.bound === unbound ? null : goal.bound.admits(median),
  }
  return { row, unit: benchmark.unit, ours: spread(ours), ...(theirs && { theirs: spread(theirs) }) }
}

/** The row of a `goal` that could not be measured because something went wrong: a goal that is not met. */
export function failedResult(benchmark: Benchmark, goal: Goal, error: Error): Result {
  const met = goal.bound === unbound ? null : false
  const row = { ...heading(benchmark, goal), ratio: null, min: null, max: null, goal: goal.bound.text, met }
  return { row, unit: benchmark.unit, failed: error.message.split('\n')[0] ?? '' }
}

function skipped(benchmark: Benchmark, goal: Goal, reason: string): Result {
  const row = { ...heading(benchmark, goal), ratio: null, min: null, max: null, goal: goal.bound.text, met: null }
  return { row, unit: benchmark.unit, skipped: reason }
}

function heading({ area, name }: Benchmark, { against }: Goal): Pick<Row, 'area' | 'name' | 'against'> {
  return { area, name, against: against?.name ?? '–' }
}
