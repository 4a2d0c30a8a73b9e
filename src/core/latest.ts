import { abortable, type Abortable } from './abort.ts'

/**
 * A value that changes, and readers who always want the newest. A reader gets the value at once if there is one, then one value per
 * change; while it is busy, changes are *coalesced*: it next gets the newest and never learns of those between. So nothing is ever
 * buffered, however slow a reader is.
 */
export class Latest<T> {
  #version = 0
  #value: T | undefined
  #error: unknown
  #closed = false
  #changed = Promise.withResolvers<void>()

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
  async *read({ signal }: Abortable = {}): AsyncGenerator<T, void, void> {
    let seen = 0
    for (;;) {
      signal?.throwIfAborted()
      if (this.#version > seen) {
        seen = this.#version
        yield this.#value as T
      } else if (this.#closed) {
        if (this.#error !== undefined) throw this.#error
        return
      } else {
        await abortable(this.#changed.promise, signal)
      }
    }
  }

  #wake(): void {
    const changed = this.#changed
    this.#changed = Promise.withResolvers<void>()
    changed.resolve()
  }
}
