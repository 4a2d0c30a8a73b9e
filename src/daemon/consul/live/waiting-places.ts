import type { Clock } from '../../../core/clock.ts'
import { publish } from '../../../core/event.ts'
import { clientOf } from '../../../endpoint/connections-per-address.ts'
import { RateLimit } from '../../rate-limit.ts'
import { ConsulRefusedError } from '../errors.ts'

/** How many calls may wait for a change at a time. */
const PLACES_MAX = 50_000

/** How often it is told that there are too many. */
const TOLD_PER_SECOND = 1 / 60

/**
 * The places of the calls that wait, shared by all clients: none gets more than are free, so that none can take them from the others. With p places, of which t are taken, a client that has c of them gets
 * another while
 *
 *     c < p − t
 *
 * Alone it gets half of them; n clients that want all get p / (n + 1) each, and there is always one left for who comes next. A client is an address, or a network of IPv6 of 64 bits;
 * all who come by Unix sockets are one.
 * @see Choudhury and Hahne, "Dynamic queue length thresholds for shared-memory packet switches" (1998)
 */
export class WaitingPlaces {
  readonly #max: number
  readonly #counts = new Map<string, number>()
  readonly #told: RateLimit
  #taken = 0

  constructor(clock: Clock, { max = PLACES_MAX }: { max?: number } = {}) {
    this.#max = max
    this.#told = new RateLimit(clock, TOLD_PER_SECOND)
  }

  /** Takes a place for who comes from there, until the returned function is called, once. Throws `ConsulRefusedError` where there is none for it. */
  take(remoteAddress: string | undefined): () => void {
    const client = remoteAddress === undefined ? 'this machine' : clientOf(remoteAddress)
    const count = this.#counts.get(client) ?? 0
    const free = this.#max - this.#taken
    if (count >= free) throw this.#refusal(client, { count, free })
    this.#counts.set(client, count + 1)
    this.#taken++
    return () => this.#free(client)
  }

  #free(client: string): void {
    this.#taken--
    const left = (this.#counts.get(client) ?? 1) - 1
    if (left > 0) this.#counts.set(client, left)
    else this.#counts.delete(client)
  }

  #refusal(client: string, { count, free }: { count: number; free: number }): ConsulRefusedError {
    const which = `${free} of ${this.#max} places are free, and no address gets more than that`
    const message = `Too many requests wait for changes: ${count} of ${client}; ${which}. Ask for less at a time, or without index`
    if (this.#told.take()) publish('daemon', { level: 'warn', event: 'query.refused', message, client })
    return new ConsulRefusedError(429, message)
  }
}
