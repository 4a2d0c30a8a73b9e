import { join } from 'node:path'
import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { Clock } from '../../../core/clock.ts'
import { attemptOn, openDatabase } from '../../database.ts'

/** Changes of the tables raise it; a file of another one is not touched. */
const FORMAT = 1

/** A row as it is on disk; without a value it is not there. */
export interface StoredRow {
  readonly table: string
  readonly key: string
  readonly value: string | undefined
}

/** What keeps the rows of the Consul API. All methods throw `JournalError`. */
export interface RowFile {
  rows(): Iterable<StoredRow>
  /** The row as it was last written. */
  row(table: string, key: string): StoredRow
  /** Writes all of it, or nothing and throws. */
  write(rows: readonly StoredRow[]): void
  /** Lets go of the file. Harmless a second time. */
  close(): void
}

/**
 * The file `consul.sqlite` in the daemon's folder: what only the Consul API has (nodes, services, checks, keys, sessions, queries), a row each, as
 * JSON. A commit is on the disk when `write` returns. Open in one process at a time, like the registry's own file, which is opened first.
 */
export class StateFile implements RowFile {
  readonly path: string
  readonly #database: DatabaseSync
  readonly #put: StatementSync
  readonly #delete: StatementSync
  readonly #get: StatementSync

  /** See `openDatabase`. Throws `JournalError`. */
  constructor(folder: string, clock: Clock) {
    this.path = join(folder, 'consul.sqlite')
    this.#database = openDatabase(this.path, { clock, format: FORMAT, schema: SCHEMA })
    this.#put = this.#database.prepare('INSERT OR REPLACE INTO rows VALUES (?, ?, ?)')
    this.#delete = this.#database.prepare('DELETE FROM rows WHERE kind = ? AND key = ?')
    this.#get = this.#database.prepare('SELECT value FROM rows WHERE kind = ? AND key = ?')
  }

  *rows(): Generator<StoredRow, void, void> {
    const select = 'SELECT kind, key, value FROM rows ORDER BY kind, key'
    for (const row of this.#attempt('cannot be read', () => this.#database.prepare(select).iterate())) {
      yield { table: row.kind as string, key: row.key as string, value: row.value as string }
    }
  }

  row(table: string, key: string): StoredRow {
    const row = this.#attempt('cannot be read', () => this.#get.get(table, key))
    return { table, key, value: row?.value as string | undefined }
  }

  write(rows: readonly StoredRow[]): void {
    this.#attempt('cannot be written', () => {
      this.#database.exec('BEGIN')
      try {
        for (const { table, key, value } of rows) {
          if (value === undefined) this.#delete.run(table, key)
          else this.#put.run(table, key, value)
        }
        this.#database.exec('COMMIT')
      } catch (error) {
        if (this.#database.isTransaction) this.#database.exec('ROLLBACK')
        throw error
      }
    })
  }

  close(): void {
    if (this.#database.isOpen) this.#database.close()
  }

  #attempt<T>(problem: string, action: () => T): T {
    return attemptOn(this.path, problem, action)
  }
}

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS rows (kind TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (kind, key)) WITHOUT ROWID
`
