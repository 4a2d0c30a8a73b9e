/** Hears of every change of a row, as it happens. `before` or `after` is undefined where there is no row. */
export type RowListener<R> = (before: R | undefined, after: R | undefined) => void

/** Is told of every change that has to be kept, with what was there before. */
export interface TableJournal {
  changed(table: KeptTable, key: string, before: unknown): void
}

/** A table as its journal sees it. */
export interface KeptTable {
  readonly name: string
  keys(): Iterable<string>
  /** The row, to be written as JSON. */
  get(key: string): unknown
  /** Makes the row what it was when it could not be kept. */
  restore(key: string, row: unknown): void
}

/**
 * Rows by key, in memory, with a journal beside. Rows are immutable: a change puts another in the place. Whoever derives something from the rows
 * listens, and so hears of a change and of its being undone alike.
 */
export class Table<R> implements KeptTable {
  readonly name: string
  readonly #rows = new Map<string, R>()
  readonly #journal: TableJournal
  readonly #listener: RowListener<R>

  constructor(name: string, journal: TableJournal, listener: RowListener<R> = () => {}) {
    this.name = name
    this.#journal = journal
    this.#listener = listener
  }

  get size(): number {
    return this.#rows.size
  }

  get(key: string): R | undefined {
    return this.#rows.get(key)
  }

  keys(): Iterable<string> {
    return this.#rows.keys()
  }

  values(): Iterable<R> {
    return this.#rows.values()
  }

  put(key: string, row: R): void {
    const before = this.#rows.get(key)
    this.#set(key, row)
    this.#journal.changed(this, key, before)
  }

  /** Harmless if there is no such row. */
  delete(key: string): void {
    const before = this.#rows.get(key)
    if (before === undefined) return
    this.#set(key, undefined)
    this.#journal.changed(this, key, before)
  }

  restore(key: string, row: unknown): void {
    this.#set(key, row as R | undefined)
  }

  #set(key: string, row: R | undefined): void {
    const before = this.#rows.get(key)
    if (row === undefined) this.#rows.delete(key)
    else this.#rows.set(key, row)
    this.#listener(before, row)
  }
}
