/** Something that changes one Turn at a time, in the order in which they were asked for. */
export interface TurnTaker {
  /** Those that wait for it; the first may have begun. */
  readonly turns: Turn[]
}

/**
 * The right to change several things at once. It stands in line at each of them and begins when it is the first everywhere. All lines
 * are joined in one step, so of two Turns the same one is ahead in every line they share: no two can wait for each other.
 */
export class Turn {
  /** Resolves when it is the first in every line. */
  readonly begun: Promise<void>
  readonly #takers: ReadonlySet<TurnTaker>
  readonly #begin: () => void

  constructor(takers: Iterable<TurnTaker>) {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.begun = promise
    this.#begin = resolve
    this.#takers = new Set(takers)
    for (const { turns } of this.#takers) turns.push(this)
    this.#beginIfFirst()
  }

  /** Whether it stands in line for `taker`. */
  covers(taker: TurnTaker): boolean {
    return this.#takers.has(taker)
  }

  /** The Turns before this one, in any line. */
  get ahead(): Turn[] {
    const before = [...this.#takers].flatMap(({ turns }) => turns.slice(0, Math.max(0, turns.indexOf(this))))
    return [...new Set(before)]
  }

  /** Leaves every line, begun or not, and lets the next ones begin. Harmless a second time. */
  end(): void {
    for (const { turns } of this.#takers) {
      const index = turns.indexOf(this)
      if (index !== -1) turns.splice(index, 1)
    }
    const first = [...this.#takers].flatMap(({ turns }) => turns.slice(0, 1))
    for (const turn of new Set(first)) turn.#beginIfFirst()
  }

  #beginIfFirst(): void {
    if ([...this.#takers].every(({ turns }) => turns[0] === this)) this.#begin()
  }
}
