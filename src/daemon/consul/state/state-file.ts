import { join } from 'node:path'
import type { Clock } from '../../../core/clock.ts'
import { attemptOn } from '../../journal/attempt-on.ts'
import type { JournalError } from '../../errors.ts'
import { jsonPieces } from '../../journal/journal-lines.ts'
import { LogFile } from '../../journal/log-file.ts'
import { type LogReading, readLog, readOrSetAside } from '../../journal/read-log.ts'
import { folded } from './folded.ts'

/** Changes of what the lines say raise it; a file of another one is not touched. */
const FORMAT = 1

/** Tables to whose keys case does not matter, and once did. */
const FOLDED = new Set(['node', 'service', 'check', 'definition'])

/** A row of a table, as it is to be on disk; null where there is none. */
export type StoredRow = readonly [table: string, key: string, row: unknown]

/** Rows by table and key. */
export type StoredRows = ReadonlyMap<string, ReadonlyMap<string, unknown>>

/**
 * The file `consul.log` in the daemon's folder: what only the Consul API has (nodes, services, checks, keys, sessions, queries). A `LogFile`
 * whose lines are rows that changed together. The registry's own file, which is opened first, keeps other processes out of the folder. All
 * methods but `close` throw `JournalError`.
 */
export class StateFile {
  readonly path: string
  /** Whether there was one that is damaged, so that what it had is not known any more. */
  readonly isLost: boolean
  readonly #log: LogFile
  #rows: StoredRows

  /** Opens or makes the file. One that is damaged is moved aside, told by the event `journal.damaged`. Throws `JournalError`. */
  constructor(folder: string, clock: Clock) {
    this.path = join(folder, 'consul.log')
    const read = attemptOn(this.path, 'cannot be read', () => readOrSetAside(this.path, READING, clock))
    this.#rows = read.contents
    this.isLost = read.isLost
    this.#log = new LogFile(this.path, read.length)
  }

  /** What the file began with. To be read once: it is not kept. */
  takeRows(): StoredRows {
    const rows = this.#rows
    this.#rows = new Map()
    return rows
  }

  /** What the disk has now. */
  kept(): StoredRows {
    return attemptOn(this.path, 'cannot be read', () => readLog(this.path, READING, this.#log.length)).contents
  }

  /** Writes all of it, or nothing; tells, later, when it is on the disk, or why it is not. One at a time. */
  write(rows: readonly StoredRow[], callback: (error?: JournalError) => void): void {
    this.#log.write(lineOf(rows), callback)
  }

  /** The same, at once. */
  writeNow(rows: readonly StoredRow[]): void {
    this.#log.writeNow(lineOf(rows))
  }

  /** See `LogFile`. */
  get isStale(): boolean {
    return this.#log.isStale
  }

  /** Writes the file anew with rows that are all there is, some at a time; see `LogFile`. */
  async renew(batches: Iterable<readonly StoredRow[]>): Promise<void> {
    await this.#log.renew(Iterator.from(batches).flatMap(linesOf))
  }

  /** Lets go of the file. Harmless a second time. */
  close(): void {
    this.#log.close()
  }
}

function lineOf(rows: readonly StoredRow[]): object {
  return { format: FORMAT, rows }
}

/** The same in lines of bounded length, for a file of which all count or none. */
function* linesOf(rows: readonly StoredRow[]): Generator<string, void, void> {
  for (const some of jsonPieces(rows)) yield `{"format":${FORMAT},"rows":${some}}`
}

const READING: LogReading<Map<string, Map<string, unknown>>> = {
  format: FORMAT,
  begin: () => new Map(),
  add(contents, line) {
    for (const [name, written, row] of (line as { rows: readonly StoredRow[] }).rows) {
      const key = FOLDED.has(name) ? folded(written) : written
      const table = contents.get(name) ?? new Map<string, unknown>()
      contents.set(name, table)
      if (row === null) table.delete(key)
      else table.set(key, row)
    }
  },
}
