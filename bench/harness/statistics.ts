/** The middle of some figures, and the extremes. */
export interface Spread {
  readonly median: number
  readonly min: number
  readonly max: number
}

/** The value in the middle, or the mean of the two in the middle; NaN of nothing. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length / 2
  return (at(sorted, Math.ceil(middle) - 1) + at(sorted, Math.floor(middle))) / 2
}

/** Median and extremes of `values`; NaN and infinities of nothing. */
export function spread(values: readonly number[]): Spread {
  return { median: median(values), min: Math.min(...values), max: Math.max(...values) }
}

/**
 * The quotients of two Contenders round by round. What was measured side by side is divided, so that a machine that was busy for
 * some rounds moves both and cancels out. Both must have as many rounds.
 */
export function ratios(ours: readonly number[], theirs: readonly number[]): number[] {
  if (ours.length !== theirs.length) throw new RangeError(`${ours.length} rounds cannot be divided by ${theirs.length}`)
  return ours.map((value, round) => value / at(theirs, round))
}

function at(values: readonly number[], index: number): number {
  return values[index] ?? Number.NaN
}
