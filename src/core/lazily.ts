/**
 * What `open` returns, opened with the first `next()`, which rejects if it throws. Until then nothing is begun, as with the body of an async
 * generator, but without the cost of one around another for every value.
 */
export function lazily<T>(open: () => AsyncGenerator<T, void, void>): AsyncGenerator<T, void, void> {
  return new Lazy(open)
}

class Lazy<T> implements AsyncGenerator<T, void, void> {
  readonly #open: () => AsyncGenerator<T, void, void>
  #opened: AsyncGenerator<T, void, void> | undefined
  #over = false

  constructor(open: () => AsyncGenerator<T, void, void>) {
    this.#open = open
  }

  next(): Promise<IteratorResult<T, void>> {
    if (this.#opened) return this.#opened.next()
    if (this.#over) return Promise.resolve({ value: undefined, done: true })
    try {
      this.#opened = this.#open()
    } catch (error) {
      this.#over = true
      return Promise.reject(error)
    }
    return this.#opened.next()
  }

  async return(): Promise<IteratorResult<T, void>> {
    this.#over = true
    await this.#opened?.return()
    return { value: undefined, done: true }
  }

  async throw(error: unknown): Promise<IteratorResult<T, void>> {
    await this.return()
    throw error
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return()
  }

  [Symbol.asyncIterator](): this {
    return this
  }
}
