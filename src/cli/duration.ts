import { InvalidArgumentError } from 'commander'

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 }

/** Milliseconds of a duration as people write it: `500ms`, `1.5s`, `2m`, `1h`. The unit must be said. Throws commander's `InvalidArgumentError`. */
export function parseDuration(text: string): number {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text) ?? []
  if (amount === undefined || unit === undefined)
    throw new InvalidArgumentError('Expected a duration such as 500ms, 5s or 2m.')
  return Number(amount) * (UNIT_MS[unit] ?? 1)
}
