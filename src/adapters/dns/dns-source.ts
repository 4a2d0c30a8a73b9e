import { sleep } from '../../core/abort.ts'
import { backoffDelayMs } from '../../core/backoff.ts'
import type { Clock } from '../../core/clock.ts'
import { publish } from '../../core/event.ts'
import type { Random } from '../../core/random.ts'
import type { KnownSets } from '../../discovery/read-only/known-sets.ts'
import type { SetSource } from '../../discovery/read-only/read-only-registry.ts'
import type { Found } from './lookup.ts'

/** What a DnsSource is told. */
export interface DnsSourceOptions {
  readonly url: string
  readonly sets: KnownSets
  readonly clock: Clock
  readonly random: Random
  readonly ttlMsMin: number
  readonly ttlMsMax: number
  /** Services that are asked for as soon as somebody wants to know the names. */
  readonly services: readonly string[]
  readonly lookUp: (serviceName: string, signal: AbortSignal) => Promise<Found>
}

/** A service that is asked for, over and over, while somebody watches it. */
interface Asked {
  watchers: number
  readonly ending: AbortController
  readonly running: Promise<void>
}

/**
 * Asks for each service that is watched, again when its answer has lived for its TTL (within a floor and a ceiling). A failure leaves what was
 * known, `stale`, and is followed by another question after a wait that grows to the ceiling.
 */
export class DnsSource implements SetSource {
  readonly #options: DnsSourceOptions
  readonly #asked = new Map<string, Asked>()
  /** Whether the last answer of any service was a failure. */
  #failing = false

  constructor(options: DnsSourceOptions) {
    this.#options = options
  }

  async watched(serviceName: string | undefined, signal: AbortSignal): Promise<void> {
    const names = serviceName === undefined ? this.#options.services : [serviceName]
    if (serviceName === undefined) this.#options.sets.tellNames()
    for (const name of names) this.#join(name, signal)
  }

  async close(): Promise<void> {
    const all = [...this.#asked.values()]
    for (const { ending } of all) ending.abort()
    await Promise.all(all.map(({ running }) => running))
  }

  #join(serviceName: string, signal: AbortSignal): void {
    const asked = this.#asked.get(serviceName) ?? this.#begin(serviceName)
    asked.watchers++
    const leave = () => {
      if (--asked.watchers > 0) return
      asked.ending.abort()
      if (this.#asked.get(serviceName) === asked) this.#asked.delete(serviceName)
    }
    if (signal.aborted) leave()
    else signal.addEventListener('abort', leave, { once: true })
  }

  #begin(serviceName: string): Asked {
    const ending = new AbortController()
    const asked = { watchers: 0, ending, running: this.#run(serviceName, ending.signal) }
    this.#asked.set(serviceName, asked)
    return asked
  }

  async #run(serviceName: string, signal: AbortSignal): Promise<void> {
    const { clock, random, ttlMsMin, ttlMsMax } = this.#options
    for (let failures = 0; !signal.aborted;) {
      const found = await this.#ask(serviceName, signal)
      failures = found ? 0 : failures + 1
      const backoffMs = backoffDelayMs(failures, random, { delayMsMin: ttlMsMin, delayMsMax: ttlMsMax })
      const waitMs = found ? Math.min(ttlMsMax, found.ttlMs ?? ttlMsMin) : backoffMs
      await sleep(clock, Math.max(ttlMsMin, waitMs), { signal }).catch(ignore)
    }
  }

  /** Undefined when there was no answer. */
  async #ask(serviceName: string, signal: AbortSignal): Promise<Found | undefined> {
    const { sets, lookUp } = this.#options
    try {
      const found = await lookUp(serviceName, signal)
      if (signal.aborted) return undefined
      sets.replace(serviceName, found.instances, found)
      this.#tell(undefined)
      return found
    } catch (error) {
      if (signal.aborted) return undefined
      sets.lose(serviceName)
      this.#tell(error)
      return undefined
    }
  }

  #tell(error: unknown): void {
    const isFailing = error !== undefined
    if (isFailing === this.#failing) return
    this.#failing = isFailing
    const { url } = this.#options
    const message = error instanceof Error ? error.message : `Connected to the registry ${url}`
    const news = isFailing
      ? ({ level: 'warn', event: 'registry.lost', error } as const)
      : ({ level: 'info', event: 'registry.connected' } as const)
    publish('registry', { ...news, message, registry: url })
  }
}

function ignore(): void {}
