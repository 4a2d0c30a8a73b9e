const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
] as const

/** How long ago, in the two largest units: `3d4h`, `5m2s`, `12s`. Less than a second, or the future of a clock that differs, is `0s`. */
export function formatAge(ageMs: number): string {
  const largest = UNITS.findIndex(([, unitMs]) => ageMs >= unitMs)
  if (largest === -1) return '0s'
  let rest = ageMs
  const parts = UNITS.slice(largest, largest + 2).map(([unit, unitMs]) => {
    const count = Math.floor(rest / unitMs)
    rest -= count * unitMs
    return count > 0 ? `${count}${unit}` : ''
  })
  return parts.join('')
}
