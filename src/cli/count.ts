import { InvalidArgumentError } from 'commander'

/** A whole number from 1 on, as people write it. Throws commander's `InvalidArgumentError`. */
export function parseCount(text: string): number {
  const count = Number(text)
  if (/^\d+$/.test(text) && count >= 1 && Number.isSafeInteger(count)) return count
  throw new InvalidArgumentError('Expected a whole number from 1 on.')
}
