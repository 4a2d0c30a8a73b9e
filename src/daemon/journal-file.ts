import { join } from 'node:path'
import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { Clock } from '../core/clock.ts'
import { publish } from '../core/event.ts'
import { createInstance } from '../discovery/create-instance.ts'
import type { LeaseRecord } from '../discovery/store/claims.ts'
import type { OwnerKind } from '../discovery/store/owner.ts'
import { attemptOn, openDatabase } from './database.ts'

/** Changes of the tables raise it; a file of another one is not touched. */
const FORMAT = 1

/** What is in the file beside the claims. */
export interface JournalHead {
  /** Names the data. */
  readonly epoch: string
  /** The newest revision when it was last written. */
  readonly revision: number
}

/** Changes that are written together or not at all. */
export interface JournalBatch {
  readonly put: readonly LeaseRecord[]
  /** Their numbers. */
  readonly removed: readonly number[]
  readonly head: JournalHead
}

/**
 * The file `registry.sqlite` in a folder of the daemon's own. One process at a time: the file is locked while it is open. A commit is on
 * the disk when `write` returns (write-ahead log, synced). Claims are kept by their number and by nothing else, so that new ones go side by
 * side at the end of the file: by name they would be all over it, and a commit would write as many pages as it has claims. All methods but the constructor throw `JournalError`.
 */
export class JournalFile {
  readonly path: string
  #database: DatabaseSync
  #put: StatementSync
  #delete: StatementSync
  #head: StatementSync

  /**
   * Opens or makes the file, and the folder. A file that is damaged is moved aside, beside the new one, and told by the event
   * `journal.damaged`. Throws `JournalError` if there can be no file, another process has it, or it is of another version.
   */
  constructor(folder: string, clock: Clock) {
    this.path = join(folder, 'registry.sqlite')
    this.#database = openDatabase(this.path, { clock, format: FORMAT, schema: SCHEMA })
    this.#put = this.#database.prepare('INSERT OR REPLACE INTO claims VALUES (?, ?, ?, ?, ?, ?, ?)')
    this.#delete = this.#database.prepare('DELETE FROM claims WHERE number = ?')
    this.#head = this.#database.prepare('INSERT OR REPLACE INTO head VALUES (0, ?, ?)')
  }

  /** What the file begins with; undefined in a new one. */
  head(): JournalHead | undefined {
    const row = this.#attempt('cannot be read', () => this.#database.prepare('SELECT epoch, revision FROM head').get())
    return row && { epoch: row.epoch as string, revision: row.revision as number }
  }

  /** Every claim. One that is not valid (any more) is left out, and told by the event `journal.skipped`. */
  *claims(): Generator<LeaseRecord, void, void> {
    const rows = this.#attempt('cannot be read', () => this.#database.prepare('SELECT * FROM claims').iterate())
    for (const row of rows) {
      const record = this.#decode(row as unknown as ClaimRow)
      if (record) yield record
    }
  }

  /** The claim as it is on disk. */
  claim(number: number): LeaseRecord | undefined {
    const select = 'SELECT * FROM claims WHERE number = ?'
    const row = this.#attempt('cannot be read', () => this.#database.prepare(select).get(number))
    return row && this.#decode(row as unknown as ClaimRow)
  }

  /** Writes all of it, or nothing and throws. */
  write(batch: JournalBatch): void {
    this.#attempt('cannot be written', () => {
      this.#database.exec('BEGIN')
      try {
        this.#write(batch)
        this.#database.exec('COMMIT')
      } catch (error) {
        if (this.#database.isTransaction) this.#database.exec('ROLLBACK')
        throw error
      }
    })
  }

  /** Lets go of the file. Harmless a second time. */
  close(): void {
    if (this.#database.isOpen) this.#database.close()
  }

  #write({ put, removed, head }: JournalBatch): void {
    for (const number of removed) this.#delete.run(number)
    for (const { number, owner, instance, ttlMs, draining } of put) {
      this.#put.run(number, owner.id, owner.name, owner.kind, ttlMs, draining ? 1 : 0, JSON.stringify(instance))
    }
    this.#head.run(head.epoch, head.revision)
  }

  #decode(row: ClaimRow): LeaseRecord | undefined {
    try {
      return {
        number: row.number,
        owner: { id: row.owner, name: row.owner_name, kind: row.owner_kind },
        instance: createInstance(JSON.parse(row.instance)),
        ttlMs: row.ttl_ms,
        draining: row.draining === 1,
      }
    } catch (error) {
      const message = `${this.path} has an entry that is not valid, which is left out: ${row.instance.slice(0, 200)}`
      publish('daemon', { level: 'warn', event: 'journal.skipped', message, number: row.number, error })
      return undefined
    }
  }

  #attempt<T>(problem: string, action: () => T): T {
    return attemptOn(this.path, problem, action)
  }
}

interface ClaimRow {
  readonly number: number
  readonly owner: string
  readonly owner_name: string
  readonly owner_kind: OwnerKind
  readonly ttl_ms: number
  readonly draining: number
  readonly instance: string
}

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS head (one INTEGER PRIMARY KEY, epoch TEXT NOT NULL, revision INTEGER NOT NULL);
  CREATE TABLE IF NOT EXISTS claims (
    number INTEGER PRIMARY KEY, owner TEXT NOT NULL, owner_name TEXT NOT NULL, owner_kind TEXT NOT NULL,
    ttl_ms REAL NOT NULL, draining INTEGER NOT NULL, instance TEXT NOT NULL
  );
`
