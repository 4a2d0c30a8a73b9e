/** Texts in order, of which those with a common beginning are found fast. */
export class SortedKeys {
  #keys: string[] = []
  #isSorted = true

  add(key: string): void {
    const last = this.#keys.at(-1)
    if (last !== undefined && last >= key) this.#isSorted = false
    this.#keys.push(key)
  }

  delete(key: string): void {
    this.#sort()
    const at = this.#from(key)
    if (this.#keys[at] === key) this.#keys.splice(at, 1)
  }

  /** Those that begin with `prefix`, in order. */
  *startingWith(prefix: string): Generator<string, void, void> {
    this.#sort()
    for (let at = this.#from(prefix); at < this.#keys.length; at++) {
      const key = this.#keys[at] as string
      if (!key.startsWith(prefix)) return
      yield key
    }
  }

  /** Put off until it is asked for: many come at once when a file is read. */
  #sort(): void {
    if (this.#isSorted) return
    this.#keys = this.#keys.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0))
    this.#isSorted = true
  }

  /** Where `text` is or would be. */
  #from(text: string): number {
    let [low, high] = [0, this.#keys.length]
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#keys[middle] as string) < text) low = middle + 1
      else high = middle
    }
    return low
  }
}
