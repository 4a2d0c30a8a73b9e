const NONE: readonly string[] = []

/** Names, found by who does not know which of their letters are capitals. */
export class Spellings {
  readonly #has: (name: string) => boolean
  /** Those with capitals, in order, by what they are in small letters: most names have none, and are not kept here. */
  readonly #capital = new Map<string, readonly string[]>()

  /** `has` tells whether a name is among them. */
  constructor(has: (name: string) => boolean) {
    this.#has = has
  }

  /** A name came. Harmless if it is there. */
  add(name: string): void {
    const small = name.toLowerCase()
    if (small === name) return
    const others = this.#capital.get(small) ?? NONE
    if (!others.includes(name)) this.#capital.set(small, [...others, name].toSorted())
  }

  /** A name went. Harmless if it is not there. */
  delete(name: string): void {
    const small = name.toLowerCase()
    const left = this.#capital.get(small)?.filter(other => other !== name)
    if (!left) return
    if (left.length === 0) this.#capital.delete(small)
    else this.#capital.set(small, left)
  }

  /** The names that are this one but for capitals; where there is none, the name itself. */
  alike(name: string): readonly string[] {
    const small = name.toLowerCase()
    const capital = this.#capital.get(small) ?? NONE
    if (this.#has(small)) return capital === NONE ? [small] : [...capital, small]
    return capital === NONE ? [name] : capital
  }
}
