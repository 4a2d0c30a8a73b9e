/** How rows are found in a Grouped. */
export interface GroupedInit<R> {
  readonly group: (row: R) => string
  readonly key: (row: R) => string
}

/** Rows by a group and a key within it, kept up by telling each change of a row. Groups without rows are not there. */
export class Grouped<R> {
  readonly #groups = new Map<string, Map<string, R>>()
  readonly #init: GroupedInit<R>

  constructor(init: GroupedInit<R>) {
    this.#init = init
  }

  /** A row came, changed or went. */
  change(before: R | undefined, after: R | undefined): void {
    const { group, key } = this.#init
    if (before && (!after || group(before) !== group(after) || key(before) !== key(after))) this.#delete(before)
    if (after) this.#of(group(after)).set(key(after), after)
  }

  get(group: string, key: string): R | undefined {
    return this.#groups.get(group)?.get(key)
  }

  has(group: string): boolean {
    return this.#groups.has(group)
  }

  /** The rows of a group, in no order. */
  rows(group: string): Iterable<R> {
    return this.#groups.get(group)?.values() ?? []
  }

  groups(): Iterable<string> {
    return this.#groups.keys()
  }

  #of(name: string): Map<string, R> {
    let group = this.#groups.get(name)
    if (!group) this.#groups.set(name, (group = new Map()))
    return group
  }

  #delete(row: R): void {
    const name = this.#init.group(row)
    const group = this.#groups.get(name)
    group?.delete(this.#init.key(row))
    if (group?.size === 0) this.#groups.delete(name)
  }
}
