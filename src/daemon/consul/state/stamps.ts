/** Gives out indexes, each above all before. Changes that belong together have one. */
export class Stamps {
  readonly #newest: () => number
  #held: number | undefined

  constructor(newest: () => number) {
    this.#newest = newest
  }

  /** The index of the next change. */
  readonly next = (): number => this.#held ?? this.#newest()

  /** Makes several changes at one index, also where they are parts of others. */
  readonly together = <T>(change: () => T): T => {
    if (this.#held !== undefined) return change()
    this.#held = this.#newest()
    try {
      return change()
    } finally {
      this.#held = undefined
    }
  }
}
