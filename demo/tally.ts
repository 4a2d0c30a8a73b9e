/** The value below which `share` (0 to 1) of `values` lie; 0 for none. Sorts a copy. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
}

/** To one decimal, for people. */
export const round = (value: number): number => Math.round(value * 10) / 10
