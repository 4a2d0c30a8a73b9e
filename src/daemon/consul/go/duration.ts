const UNIT_NS: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  μs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 6e10,
  h: 3.6e12,
}

/** Longer texts are no durations: what reads them looks at every digit for every other. */
const CHARACTERS_MAX = 100

const PART = /(\d*)(?:\.(\d*))?(ns|us|µs|μs|ms|s|m|h)/y

/** Go has durations in whole numbers of 64 bits. */
const NS_MAX = 2 ** 63

/**
 * Whole nanoseconds of a duration in Go's notation: `10s`, `1m30s`, `-1.5h`, `0`. Undefined for anything else: what has no unit, such as `5`; nothing at all; and
 * what takes more than 292 years.
 */
export function parseGoDuration(text: string): number | undefined {
  if (text.length > CHARACTERS_MAX) return undefined
  const [, sign = '', rest = ''] = /^([+-]?)(.*)$/s.exec(text) ?? []
  if (rest === '0') return 0
  if (rest === '') return undefined
  let ns = 0
  PART.lastIndex = 0
  while (PART.lastIndex < rest.length) {
    const [, whole = '', fraction = '', unit = ''] = PART.exec(rest) ?? []
    if (whole === '' && fraction === '') return undefined
    ns += partNs({ whole, fraction, unitNs: UNIT_NS[unit] ?? 0 })
  }
  if (ns >= NS_MAX) return undefined
  return sign === '-' ? -ns : ns
}

/** Go reads no more of a fraction. */
const DIGITS_MAX = 18

/** A fraction is counted in its last digit, so that no decimal is lost that a double cannot hold. */
function partNs({ whole, fraction, unitNs }: { whole: string; fraction: string; unitNs: number }): number {
  const digits = fraction.slice(0, DIGITS_MAX)
  return Number(whole) * unitNs + Math.trunc(Number(digits) * (unitNs / 10 ** digits.length))
}

/** Whole nanoseconds of a JSON number, as Go makes them of a double: of one that is too large the least there are. */
export function wholeNs(ns: number | bigint): number {
  const whole = Math.trunc(Number(ns))
  return Math.abs(whole) < NS_MAX ? whole : -NS_MAX
}

/** What Go says of a text that is no duration. */
export function durationProblem(text: string): string {
  const quoted = `"${text.slice(0, CHARACTERS_MAX)}"`
  if (text.length > CHARACTERS_MAX) return `time: invalid duration ${quoted}`
  const [, unit] = /^[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))*(?:\d+\.?\d*|\.\d+)([^.\d]*)/.exec(text) ?? []
  if (unit === undefined || Object.hasOwn(UNIT_NS, unit)) return `time: invalid duration ${quoted}`
  if (unit === '') return `time: missing unit in duration ${quoted}`
  return `time: unknown unit "${unit}" in duration ${quoted}`
}

/** A number of nanoseconds in Go's notation, as short as it can be said: `1m30s`, `1.5s`, `200ms`, `0s`. */
export function formatGoDuration(ns: number): string {
  if (ns === 0) return '0s'
  if (ns < 0) return `-${formatGoDuration(-ns)}`
  if (ns < 1e3) return `${ns}ns`
  if (ns < 1e6) return `${ns / 1e3}µs`
  if (ns < 1e9) return `${ns / 1e6}ms`
  const hours = Math.floor(ns / 3.6e12)
  const minutes = Math.floor((ns % 3.6e12) / 6e10)
  const seconds = `${(ns % 6e10) / 1e9}s`
  if (hours > 0) return `${hours}h${minutes}m${seconds}`
  return minutes > 0 ? `${minutes}m${seconds}` : seconds
}
