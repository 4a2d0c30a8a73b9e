import { abortable, sleep, timeLimit } from '../core/abort.ts'
import { backoffDelayMs } from '../core/backoff.ts'
import type { Clock } from '../core/clock.ts'
import type { Random } from '../core/random.ts'
import type { InstanceSet } from './instance-set.ts'
import type { Registry } from './registry.ts'

/** How long a watch that was opened again may take to yield its first set. */
const FIRST_SET_MS = 10_000

/** What a SetWatch is told. */
export interface SetWatchOptions {
  registry: Pick<Registry, 'watch'>
  serviceName: string
  clock: Clock
  random: Random
  /** A watch that yields nothing for this long is opened again beside the old one. */
  silenceMs: number
  /** Takes a set; the next is asked for when it resolves. */
  accept: (set: InstanceSet) => Promise<void>
  /** Hears that the watch failed; it is opened again after a backoff. */
  lose: (error: unknown) => Promise<void>
}

/**
 * A watch that does not end: opened again with backoff when it fails, and checked when it falls silent. Then the new watch is opened,
 * and its first set accepted, *before* the old one is closed: at no moment could a drain find nobody to wait for.
 */
export class SetWatch {
  readonly #options: SetWatchOptions

  constructor(options: SetWatchOptions) {
    this.#options = options
  }

  /** Watches until `signal` aborts; then resolves. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, random, lose } = this.#options
    for (let attempt = 0; !signal.aborted; attempt++) {
      try {
        await this.#follow(signal, () => (attempt = 0))
      } catch (error) {
        if (signal.aborted) return
        await lose(error)
        await sleep(clock, backoffDelayMs(attempt, random), { signal }).catch(() => {})
      }
    }
  }

  async #follow(signal: AbortSignal, onSet: () => void): Promise<void> {
    let reader = this.#open()
    try {
      for (;;) {
        const set = await this.#next(reader, { limitMs: this.#options.silenceMs, signal })
        if (set === 'silent') reader = await this.#reopen(reader, signal)
        else await abortable(this.#options.accept(set), signal)
        onSet()
      }
    } finally {
      reader.close()
    }
  }

  async #reopen(silent: SetReader, signal: AbortSignal): Promise<SetReader> {
    const reader = this.#open()
    try {
      const set = await this.#next(reader, { limitMs: FIRST_SET_MS, signal })
      if (set === 'silent') throw new Error(`A watch opened again yielded nothing within ${FIRST_SET_MS} ms`)
      await abortable(this.#options.accept(set), signal)
    } catch (error) {
      reader.close()
      throw error
    }
    silent.close()
    return reader
  }

  async #next(
    reader: SetReader,
    { limitMs, signal }: { limitMs: number; signal: AbortSignal },
  ): Promise<InstanceSet | 'silent'> {
    using limit = timeLimit(this.#options.clock, limitMs, { signal })
    try {
      return await abortable(reader.next(), limit.signal)
    } catch (error) {
      if (limit.signal.aborted && !signal.aborted) return 'silent'
      throw error
    }
  }

  #open(): SetReader {
    return new SetReader(this.#options.registry, this.#options.serviceName)
  }
}

/** One open watch. */
class SetReader {
  readonly #closing = new AbortController()
  readonly #iterator: AsyncIterator<InstanceSet>

  constructor(registry: Pick<Registry, 'watch'>, serviceName: string) {
    this.#iterator = registry.watch(serviceName, { signal: this.#closing.signal })[Symbol.asyncIterator]()
  }

  async next(): Promise<InstanceSet> {
    const { done, value } = await this.#iterator.next()
    if (done) throw new Error('A watch ended by itself')
    return value
  }

  /** Ends it without waiting, whatever it is doing. */
  close(): void {
    this.#closing.abort()
    void this.#iterator.return?.().catch(() => {})
  }
}
