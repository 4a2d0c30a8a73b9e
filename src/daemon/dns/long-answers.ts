import type { Clock } from '../../core/clock.ts'
import { clientOf } from '../../endpoint/connections-per-address.ts'
import { isLoopback } from '../loopback.ts'
import { RateLimit } from '../rate-limit.ts'
import { HEADER_BYTES } from './codes.ts'

/** What DNS could always send by UDP, in bytes; longer answers are long. */
const SHORT_BYTES = 512

/** How many long answers per second one client gets by UDP. */
const PER_SECOND = 50

/** Of how many clients it is known how many they got. */
const CLIENTS_MAX = 10_000

/** The bit of the third byte that says that there is more. */
const TRUNCATED = 0x02

/**
 * Bounds what is sent to one address by UDP. Whoever asks in the name of another, which UDP lets everybody do, has the answers sent to that one, and they can be
 * a hundred times as long as the question. After so many per second a client is told only to come by TCP, in which nobody can take the name of another. Who asks from this machine is
 * always answered. IPv6 counts by networks of 64 bits.
 */
export class LongAnswers {
  readonly #clock: Clock
  readonly #rates = new Map<string, RateLimit>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** The answer to that address, or in its place that it is too long for UDP. */
  fitting(answer: Buffer, address: string): Buffer {
    if (answer.length <= SHORT_BYTES) return answer
    const client = clientOf(address)
    if (isLoopback(client) || address === '::1' || this.#rateOf(client).take()) return answer
    return truncated(answer)
  }

  #rateOf(client: string): RateLimit {
    const known = this.#rates.get(client)
    if (known) return known
    if (this.#rates.size >= CLIENTS_MAX) this.#rates.clear()
    const rate = new RateLimit(this.#clock, PER_SECOND)
    this.#rates.set(client, rate)
    return rate
  }
}

/** Nothing but the question, and that there is more. */
function truncated(answer: Buffer): Buffer {
  let end = HEADER_BYTES
  while (answer[end]) end += 1 + (answer[end] as number)
  const short = Buffer.from(answer.subarray(0, end + 5))
  short.writeUInt8(short.readUInt8(2) | TRUNCATED, 2)
  return short.fill(0, 6, HEADER_BYTES)
}
