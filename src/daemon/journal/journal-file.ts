import { join } from 'node:path'
import type { Clock } from '../../core/clock.ts'
import { publish } from '../../core/event.ts'
import type { LeaseRecord } from '../../discovery/store/claims.ts'
import { attemptOn } from './attempt-on.ts'
import type { JournalError } from '../errors.ts'
import { FolderLock } from './folder-lock.ts'
import {
  JOURNAL_FORMAT,
  type JournalBatch,
  type JournalHead,
  readRecord,
  type WrittenBatch,
  type WrittenRecord,
} from './journal-record.ts'
import { jsonPieces } from './journal-lines.ts'
import { LogFile } from './log-file.ts'
import { type LogReading, readLog, readOrSetAside } from './read-log.ts'

/** What a file says when all its lines are read. */
interface Contents {
  head: JournalHead | undefined
  readonly claims: Map<number, WrittenRecord>
}

/**
 * The file `registry.log` in a folder of the daemon's own, which it locks while it is open: a `LogFile` whose lines are batches of changes of
 * claims. All methods but `close` throw `JournalError`.
 */
export class JournalFile {
  readonly path: string
  readonly #lock: FolderLock
  readonly #log: LogFile
  #contents: Contents

  /**
   * Opens or makes the file, and the folder. A file that is damaged is moved aside, beside the new one, and told by the event
   * `journal.damaged`. Throws `JournalError` if there can be no file, another process has it, or it is of another format.
   */
  constructor(folder: string, clock: Clock) {
    this.path = join(folder, 'registry.log')
    this.#lock = new FolderLock(folder)
    try {
      const { contents, length } = attemptOn(this.path, 'cannot be read', () =>
        readOrSetAside(this.path, READING, clock),
      )
      this.#contents = contents
      this.#log = new LogFile(this.path, length)
    } catch (error) {
      this.#lock.release()
      throw error
    }
  }

  /** What the file begins with; undefined in a new one. */
  head(): JournalHead | undefined {
    return this.#contents.head
  }

  /**
   * Every claim that the file began with. One that is not valid (any more) is left out, and told by the event `journal.skipped`. To be
   * read once: they are not kept.
   */
  *claims(): Generator<LeaseRecord, void, void> {
    const { claims } = this.#contents
    this.#contents = { ...this.#contents, claims: new Map() }
    for (const [number, written] of claims) {
      // Who holds as much as there is memory for cannot hold it twice.
      claims.delete(number)
      const record = this.#decode(written)
      if (record) yield record
    }
  }

  /** Those of these claims that the disk has, as they are there. */
  kept(numbers: ReadonlySet<number>): ReadonlyMap<number, LeaseRecord> {
    const read = () => readLog(this.path, READING, this.#log.length)
    const { claims } = attemptOn(this.path, 'cannot be read', read).contents
    const kept = [...numbers].flatMap(number => {
      const written = claims.get(number)
      const record = written && this.#decode(written)
      return record ? [[number, record] as const] : []
    })
    return new Map(kept)
  }

  /** Writes all of it, or nothing; tells, later, when it is on the disk, or why it is not. One at a time. */
  write(batch: JournalBatch, callback: (error?: JournalError) => void): void {
    this.#log.write(lineOf(batch), callback)
  }

  /** The same, at once. */
  writeNow(batch: JournalBatch): void {
    this.#log.writeNow(lineOf(batch))
  }

  /** See `LogFile`. */
  get isStale(): boolean {
    return this.#log.isStale
  }

  /** Writes the file anew with `batches`, which say all there is; see `LogFile`. */
  async renew(batches: Iterable<JournalBatch>): Promise<void> {
    await this.#log.renew(Iterator.from(batches).flatMap(linesOf))
  }

  /** Lets go of the file. Harmless a second time. */
  close(): void {
    this.#log.close()
    this.#lock.release()
  }

  #decode(written: WrittenRecord): LeaseRecord | undefined {
    try {
      return readRecord(written)
    } catch (error) {
      const said = JSON.stringify(written.instance).slice(0, 200)
      const message = `${this.path} has an entry that is not valid, which is left out: ${said}`
      publish('daemon', { level: 'warn', event: 'journal.skipped', message, number: written.number, error })
      return undefined
    }
  }
}

function lineOf({ put, removed, head }: JournalBatch): object {
  return { format: JOURNAL_FORMAT, head, removed, put }
}

/** The same in lines of bounded length, for a file of which all count or none. */
function* linesOf({ put, removed, head }: JournalBatch): Generator<string, void, void> {
  const rest = `"head":${JSON.stringify(head)},"removed":${JSON.stringify(removed)}`
  for (const some of jsonPieces(put)) yield `{"format":${JOURNAL_FORMAT},${rest},"put":${some}}`
}

const READING: LogReading<Contents> = {
  format: JOURNAL_FORMAT,
  begin: () => ({ head: undefined, claims: new Map() }),
  add(contents, line) {
    const { put, removed, head } = line as WrittenBatch
    for (const number of removed) contents.claims.delete(number)
    for (const record of put) contents.claims.set(record.number, record)
    contents.head = head
  },
}
