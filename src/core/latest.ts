import type { Abortable } from './abort.ts'

/** How to read a Latest, and what to be told of it. */
export interface ReadOptions<T> extends Abortable {
  /** Whether a value says nothing that the one given last did not: it is passed over. Default: no value does. */
  readonly isSame?: (value: T, last: T) => boolean
  /** The reader has come back for the next value, so it has dealt with this one. Default: nobody wants to know. */
  readonly onDealtWith?: (value: T) => void
  /** The reader has left, or was ended; called once. Default: nobody wants to know. */
  readonly onEnd?: () => void
}

/**
 * A value that changes, and readers who always want the newest. A reader gets the value at once if there is one, then one value per
 * change; while it is busy, changes are *coalesced*: it next gets the newest and never learns of those between, nor of those that another
 * followed in the same turn. So nothing is ever buffered, however slow a reader is.
 */
export class Latest<T> {
  readonly #source: Source<T> = { version: 0, value: undefined, end: undefined, readings: new Set() }
  #waking = false
  readonly #serve = () => {
    const { readings } = this.#source
    this.#waking = false
    for (const reading of readings) if (!reading.serve()) readings.delete(reading)
  }

  constructor(initial?: T) {
    if (initial !== undefined) this.set(initial)
  }

  /** The newest value; undefined before the first. */
  get value(): T | undefined {
    return this.#source.value
  }

  /** Gives every reader `value`. Ignored once closed. */
  set(value: T): void {
    if (this.#source.end) return
    this.#source.value = value
    this.#source.version++
    this.#wake()
  }

  /** Ends every reader after the newest value: normally, or with `error`. */
  close(error?: unknown): void {
    if (this.#source.end) return
    this.#source.end = { error }
    this.#wake()
  }

  /**
   * Reads from now on. Coming back for the next value tells that the last one has been dealt with. Rejects with the signal's reason
   * when it aborts, and with the error the value was closed with.
   */
  read(options: ReadOptions<T> = {}): AsyncGenerator<T, void, void> {
    return new Reading(this.#source, options)
  }

  #wake(): void {
    if (this.#waking || this.#source.readings.size === 0) return
    this.#waking = true
    queueMicrotask(this.#serve)
  }
}

/** What a Latest and its readers have in common. */
interface Source<T> {
  /** How many values there have been. */
  version: number
  value: T | undefined
  /** There will be no more. */
  end: { readonly error: unknown } | undefined
  /** Those who wait, and those who waited for the newest value: mostly they come back before the next, and need not be put here again. */
  readonly readings: Set<Reading<T>>
}

/**
 * One reader: behaves as an async generator does, at a fraction of its cost, which counts where a change wakes thousands; and `return()`
 * ends a wait instead of waiting for its end.
 */
class Reading<T> implements AsyncGenerator<T, void, void> {
  readonly #source: Source<T>
  readonly #options: ReadOptions<T>
  /** The call of `next()` that has no answer yet. */
  #asked: PromiseWithResolvers<IteratorResult<T, void>> | undefined
  #seen = 0
  /** The value that was given last. */
  #given: T | undefined
  /** Whether that has yet to be dealt with. */
  #isBusy = false
  #state: 'new' | 'open' | 'over' = 'new'
  readonly #onAbort = () => void this.serve()

  constructor(source: Source<T>, options: ReadOptions<T>) {
    this.#source = source
    this.#options = options
  }

  next(): Promise<IteratorResult<T, void>> {
    if (this.#state === 'over') return Promise.resolve({ value: undefined, done: true })
    if (this.#state === 'new') this.#open()
    if (this.#asked) return this.#nextAfter(this.#asked.promise)
    const { promise } = (this.#asked = Promise.withResolvers())
    this.serve()
    return promise
  }

  async return(): Promise<IteratorResult<T, void>> {
    this.#end()
    return { value: undefined, done: true }
  }

  async throw(error: unknown): Promise<IteratorResult<T, void>> {
    this.#end()
    throw error
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#end()
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  /** Answers who asks, if there is something for them. Returns whether anybody asked. */
  serve(): boolean {
    const { signal } = this.#options
    const { version, value, end, readings } = this.#source
    if (!this.#asked) return false
    this.#dealtWith()
    if (signal?.aborted) this.#fail(signal.reason)
    else if (version > this.#seen) this.#see(value as T, version)
    else if (end) this.#fail(end.error)
    else readings.add(this)
    return true
  }

  #see(value: T, version: number): void {
    const { isSame, onDealtWith } = this.#options
    const isKnown = this.#seen > 0 && isSame?.(value, this.#given as T)
    this.#seen = version
    if (isKnown) {
      onDealtWith?.(value)
      this.serve()
      return
    }
    this.#given = value
    this.#isBusy = true
    this.#asked?.resolve({ value, done: false })
    this.#asked = undefined
  }

  #open(): void {
    this.#state = 'open'
    this.#options.signal?.addEventListener('abort', this.#onAbort)
  }

  #dealtWith(): void {
    if (!this.#isBusy) return
    this.#isBusy = false
    this.#options.onDealtWith?.(this.#given as T)
  }

  /** For who does not wait for one value before asking for the next. */
  async #nextAfter(earlier: Promise<unknown>): Promise<IteratorResult<T, void>> {
    await earlier.catch(ignore)
    return this.next()
  }

  #fail(error: unknown): void {
    if (error !== undefined) this.#asked?.reject(error)
    this.#end()
  }

  #end(): void {
    if (this.#state === 'over') return
    this.#state = 'over'
    this.#options.signal?.removeEventListener('abort', this.#onAbort)
    this.#source.readings.delete(this)
    this.#asked?.resolve({ value: undefined, done: true })
    this.#asked = undefined
    this.#options.onEnd?.()
  }
}

function ignore(): void {}
