import { abortable, type Abortable } from '../../core/abort.ts'

/** How far the reader of something has come, for those who wait until it has been told of what they have done. */
export class Progress {
  #revision = 0
  #isOver = false
  #moved = Promise.withResolvers<void>()

  /** The reader works with `revision` now. */
  advance(revision: number): void {
    this.#revision = revision
    this.#move()
  }

  /** The reader is told nothing more: nobody is to wait for it. */
  end(): void {
    this.#isOver = true
    this.#move()
  }

  /** Resolves when the reader works with `revision` or a newer one. */
  async reach(revision: number, options: Abortable): Promise<void> {
    await this.until(() => this.#revision >= revision, options)
  }

  /** Resolves when `isReached`, which may change with each step of the reader. */
  async until(isReached: () => boolean, { signal }: Abortable): Promise<void> {
    while (!this.#isOver && !isReached()) await abortable(this.#moved.promise, signal)
  }

  #move(): void {
    this.#moved.resolve()
    this.#moved = Promise.withResolvers()
  }
}
