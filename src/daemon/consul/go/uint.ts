import { ConsulRefusedError } from '../errors.ts'

/** An unsigned number of 64 bits, as text: a double could not hold it. Throws `ConsulRefusedError` with 500 and what Go says of anything else. */
export function parseUint(text: string): string {
  if (/^\d{1,20}$/.test(text) && BigInt(text) < 2n ** 64n) return String(BigInt(text))
  const problem = /^\d+$/.test(text) ? 'value out of range' : 'invalid syntax'
  throw new ConsulRefusedError(500, `strconv.ParseUint: parsing ${JSON.stringify(text)}: ${problem}`)
}
