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

const PART = /(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)/y

/** Nanoseconds of a duration in Go's notation: `10s`, `1m30s`, `-1.5h`, `0`. Undefined for anything else, such as `5`, which has no unit. */
export function parseGoDuration(text: string): number | undefined {
  if (text.length > CHARACTERS_MAX) return undefined
  const [, sign = '', rest = ''] = /^([+-]?)(.*)$/s.exec(text) ?? []
  if (rest === '0') return 0
  if (rest === '') return undefined
  let ns = 0
  PART.lastIndex = 0
  while (PART.lastIndex < rest.length) {
    const part = PART.exec(rest)
    if (!part) return undefined
    ns += Number(part[1]) * (UNIT_NS[part[2] ?? ''] ?? 0)
  }
  return sign === '-' ? -ns : ns
}

/** What Go says of a text that is no duration. */
export function durationProblem(text: string): string {
  const quoted = JSON.stringify(text.slice(0, CHARACTERS_MAX))
  if (text.length > CHARACTERS_MAX) return `time: invalid duration ${quoted}`
  const [, unit] = /^[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))*(?:\d+\.?\d*|\.\d+)([^.\d]*)/.exec(text) ?? []
  if (unit === undefined) return `time: invalid duration ${quoted}`
  if (unit === '') return `time: missing unit in duration ${quoted}`
  return `time: unknown unit ${JSON.stringify(unit)} in duration ${quoted}`
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
