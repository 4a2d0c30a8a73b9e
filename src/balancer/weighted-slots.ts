import type { Candidate } from './candidate.ts'

/** The most slots a schedule has, unless there are more candidates than half of it. */
const SLOTS_MAX = 16_384

/**
 * Turns weights into an array a policy can pick from without knowing them: each candidate in as many slots as its share of the whole,
 * evenly spread. With equal weights that is the array itself. Weights are reduced by their greatest common divisor; schedules that
 * would still have more than 16,384 slots (or two per candidate) are scaled down, whereby every candidate keeps at least one slot.
 *
 * The k-th of n slots of a candidate stands at (k + ½)/n of the way, which interleaves them smoothly: 2:1 is A B A.
 */
export function weightedSlots<C extends Candidate>(candidates: readonly C[]): readonly C[] {
  const weights = candidates.map(candidate => candidate.weight)
  if (weights.every(weight => weight === weights[0])) return candidates
  return interleave(candidates, slotCounts(weights))
}

function slotCounts(weights: readonly number[]): number[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  const divisor = weights.reduce(greatestCommonDivisor)
  const scale = Math.min(1 / divisor, Math.max(SLOTS_MAX, 2 * weights.length) / total)
  return weights.map(weight => Math.max(1, Math.round(weight * scale)))
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b)
}

/** Those with the same number of slots have them in the same places, so that there are few places to sort. */
function interleave<C>(items: readonly C[], counts: readonly number[]): readonly C[] {
  const alike = Map.groupBy(items, (_, index) => counts[index] as number)
  return Array.from(alike, ([count, members]) =>
    Array.from({ length: count }, (_, k) => ({ members, place: (k + 0.5) / count })),
  )
    .flat()
    .toSorted((a, b) => a.place - b.place)
    .flatMap(({ members }) => members)
}
