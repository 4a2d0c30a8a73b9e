/** Has actions under one name happen one after the other, in the order they came; those under different names at once. */
export class Turns {
  readonly #last = new Map<string, Promise<unknown>>()

  /** Runs `action` after all that came before it under `name`, however those went; resolves or rejects as it does. */
  async take<T>(name: string, action: () => Promise<T>): Promise<T> {
    const turn = this.#next(this.#last.get(name), action)
    this.#last.set(name, turn)
    try {
      return await turn
    } finally {
      if (this.#last.get(name) === turn) this.#last.delete(name)
    }
  }

  /** Waits until nothing is under way. */
  async idle(): Promise<void> {
    while (this.#last.size > 0) await Promise.allSettled(this.#last.values())
  }

  async #next<T>(before: Promise<unknown> | undefined, action: () => Promise<T>): Promise<T> {
    await before?.catch(ignore)
    return action()
  }
}

function ignore(): void {}
