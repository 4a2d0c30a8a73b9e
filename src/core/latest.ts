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
  #version = 0
  #value: T | undefined
  #error: unknown
  #closed = false
  #waking = false
  readonly #waiting = new Set<Reading<T>>()
  readonly #source: Source<T> = {
    since: seen => this.#since(seen),
    await: reading => void this.#waiting.add(reading),
    forget: reading => void this.#waiting.delete(reading),
  }

  constructor(initial?: T) {
    if (initial !== undefined) this.set(initial)
  }

  /** The newest value; undefined before the first. */
  get value(): T | undefined {
    return this.#value
  }

  /** Gives every reader `value`. Ignored once closed. */
  set(value: T): void {
    if (this.#closed) return
    this.#value = value
    this.#version++
    this.#wake()
  }

  /** Ends every reader after the newest value: normally, or with `error`. */
  close(error?: unknown): void {
    if (this.#closed) return
    this.#closed = true
    this.#error = error
    this.#wake()
  }

  /**
   * Reads from now on. Coming back for the next value tells that the last one has been dealt with. Rejects with the signal's reason
   * when it aborts, and with the error the value was closed with.
   */
  read(options: ReadOptions<T> = {}): AsyncGenerator<T, void, void> {
    return new Reading(this.#source, options)
  }

  #since(seen: number): News<T> | undefined {
    if (this.#version > seen) return { value: this.#value as T, version: this.#version }
    return this.#closed ? { error: this.#error } : undefined
  }

  #wake(): void {
    if (this.#waking || this.#waiting.size === 0) return
    this.#waking = true
    queueMicrotask(() => {
      this.#waking = false
      for (const reading of this.#waiting) reading.serve()
    })
  }
}

/** What there is for a reader: a value, or the end. */
type News<T> = { readonly value: T; readonly version: number } | { readonly error: unknown }

/** A Latest as its readers see it. */
interface Source<T> {
  since(seen: number): News<T> | undefined
  await(reading: Reading<T>): void
  forget(reading: Reading<T>): void
}

/**
 * One reader: behaves as an async generator does, at a fraction of its cost, which counts where a change wakes thousands; and `return()`
 * ends a wait instead of waiting for its end.
 */
class Reading<T> implements AsyncGenerator<T, void, void> {
  readonly #source: Source<T>
  readonly #options: ReadOptions<T>
  /** Calls of `next()` without an answer: more than one if the reader does not wait for one before the next. */
  #asked: PromiseWithResolvers<IteratorResult<T, void>>[] = []
  #seen = 0
  /** The value that was given last, until it has been dealt with. */
  #given: { readonly value: T } | undefined
  /** The value that was given last, where it matters. */
  #last: { readonly value: T } | undefined
  #state: 'new' | 'open' | 'over' = 'new'
  readonly #onAbort = () => this.serve()

  constructor(source: Source<T>, options: ReadOptions<T>) {
    this.#source = source
    this.#options = options
  }

  next(): Promise<IteratorResult<T, void>> {
    if (this.#state === 'over') return Promise.resolve({ value: undefined, done: true })
    if (this.#state === 'new') this.#open()
    const answer = Promise.withResolvers<IteratorResult<T, void>>()
    this.#asked.push(answer)
    if (this.#asked.length === 1) this.serve()
    return answer.promise
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

  /** Answers those who ask as far as there is something for them. */
  serve(): void {
    while (this.#asked.length > 0) {
      this.#dealtWith()
      const news = this.#news()
      if (!news) return this.#source.await(this)
      if ('error' in news) return this.#fail(news.error)
      this.#seen = news.version
      this.#given = news
      if (this.#isKnown(news.value)) continue
      this.#asked.shift()?.resolve({ value: news.value, done: false })
    }
    this.#source.forget(this)
  }

  #isKnown(value: T): boolean {
    const { isSame } = this.#options
    if (!isSame) return false
    if (this.#last && isSame(value, this.#last.value)) return true
    this.#last = { value }
    return false
  }

  #open(): void {
    this.#state = 'open'
    this.#options.signal?.addEventListener('abort', this.#onAbort)
  }

  #dealtWith(): void {
    const given = this.#given
    if (!given) return
    this.#given = undefined
    this.#options.onDealtWith?.(given.value)
  }

  #news(): News<T> | undefined {
    const { signal } = this.#options
    return signal?.aborted ? { error: signal.reason } : this.#source.since(this.#seen)
  }

  #fail(error: unknown): void {
    if (error !== undefined) this.#asked.shift()?.reject(error)
    this.#end()
  }

  #end(): void {
    if (this.#state === 'over') return
    this.#state = 'over'
    this.#options.signal?.removeEventListener('abort', this.#onAbort)
    this.#source.forget(this)
    for (const { resolve } of this.#asked.splice(0)) resolve({ value: undefined, done: true })
    this.#options.onEnd?.()
  }
}
