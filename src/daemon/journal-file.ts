import { renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Clock } from '../core/clock.ts'
import { publish } from '../core/event.ts'
import type { LeaseRecord } from '../discovery/store/claims.ts'
import { AppendFile } from './append-file.ts'
import { attemptOn } from './database.ts'
import { JournalError } from './errors.ts'
import { FolderLock } from './folder-lock.ts'
import { encodeLine, readLines } from './journal-lines.ts'
import {
  JOURNAL_FORMAT,
  type JournalBatch,
  type JournalHead,
  readRecord,
  type WrittenBatch,
  type WrittenRecord,
} from './journal-record.ts'
import { JournalRewrite } from './journal-rewrite.ts'

/** A file is written anew when it has grown by so much, and by as much as it began with. */
const GROWTH_BYTES_MIN = 16 * 1024 * 1024

/** What a file says when all its lines are read. */
interface Contents {
  head: JournalHead | undefined
  readonly claims: Map<number, WrittenRecord>
  /** Where its last whole line ends. */
  length: number
}

/**
 * The file `registry.log` in a folder of the daemon's own, which it locks while it is open. Each line is a batch of changes with a checksum; read one after the other they
 * make what there is. So a commit is one write at the end of the file and one sync, whatever is in it, and is done while the event loop goes on. When
 * most of the file is of the past it is written anew, in pieces, beside the one in use. What a crash left of a last line is cut off. All
 * methods but `close` throw `JournalError`.
 */
export class JournalFile {
  readonly path: string
  readonly #lock: FolderLock
  #contents: Contents
  #file: AppendFile
  /** How long the file was when it had nothing of the past. */
  #baseBytes = 0
  #rewrite: JournalRewrite | undefined
  #isWriting = false

  /**
   * Opens or makes the file, and the folder. A file that is damaged is moved aside, beside the new one, and told by the event
   * `journal.damaged`. Throws `JournalError` if there can be no file, another process has it, or it is of another format.
   */
  constructor(folder: string, clock: Clock) {
    this.path = join(folder, 'registry.log')
    this.#lock = new FolderLock(folder)
    try {
      this.#contents = this.#attempt('cannot be read', () => this.#readOrSetAside(clock))
      this.#file = this.#attempt('cannot be opened', () => new AppendFile(this.path, this.#contents.length))
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
    for (const written of claims.values()) {
      const record = this.#decode(written)
      if (record) yield record
    }
  }

  /** Those of these claims that the disk has, as they are there. */
  kept(numbers: ReadonlySet<number>): ReadonlyMap<number, LeaseRecord> {
    const { claims } = this.#attempt('cannot be read', () => this.#read(this.#file.length))
    const kept = [...numbers].flatMap(number => {
      const written = claims.get(number)
      const record = written && this.#decode(written)
      return record ? [[number, record] as const] : []
    })
    return new Map(kept)
  }

  /** Writes all of it, or nothing; tells, later, when it is on the disk, or why it is not. One at a time. */
  write(batch: JournalBatch, callback: (error?: JournalError) => void): void {
    let line: Buffer
    try {
      line = this.#append(batch)
    } catch (error) {
      return queueMicrotask(() => callback(error as JournalError))
    }
    this.#isWriting = true
    this.#file.sync(cause => {
      this.#isWriting = false
      if (cause) return callback(this.#error('cannot be written', cause))
      this.#rewrite?.follow(line)
      this.#replaceIfReady()
      callback()
    })
  }

  /** The same, at once. */
  writeNow(batch: JournalBatch): void {
    this.#append(batch)
    this.#attempt('cannot be written', () => this.#file.syncNow())
  }

  /** Whether most of the file is of the past, and nothing has been done about it yet. */
  get isStale(): boolean {
    return !this.#rewrite && this.#file.length > 2 * this.#baseBytes + GROWTH_BYTES_MIN
  }

  /**
   * Writes the file anew with `batches`, which say all there is: one batch per turn of the event loop; what is written meanwhile goes to
   * both. Where it fails, the file in use stays, and is stale again when it has grown further. Ends without effect when the file is closed.
   */
  async renew(batches: Iterable<JournalBatch>): Promise<void> {
    const rewrite = this.#attempt('cannot be written anew', () => new JournalRewrite(`${this.path}.new`))
    this.#rewrite = rewrite
    try {
      for (const batch of batches) {
        rewrite.append(lineOf(batch))
        await nextTurn()
        if (this.#rewrite !== rewrite) return
      }
      await rewrite.sync()
      this.#replaceIfReady()
      await rewrite.finished
    } catch (error) {
      if (this.#rewrite !== rewrite) return
      rewrite.abandon()
      this.#rewrite = undefined
      this.#baseBytes = this.#file.length
      throw this.#error('cannot be written anew', error as Error)
    }
  }

  /** Lets go of the file. Harmless a second time. */
  close(): void {
    this.#rewrite?.abandon()
    this.#rewrite = undefined
    this.#file.close()
    this.#lock.release()
  }

  /** Not between a write and its sync, which are of one file. */
  #replaceIfReady(): void {
    if (!this.#rewrite?.isReady || this.#isWriting) return
    const file = this.#rewrite.finish(this.path)
    this.#rewrite = undefined
    if (!file) return
    this.#file.close()
    this.#file = file
    this.#baseBytes = file.length
  }

  #append(batch: JournalBatch): Buffer {
    return this.#attempt('cannot be written', () => {
      const line = lineOf(batch)
      this.#file.append(line)
      return line
    })
  }

  #readOrSetAside(clock: Clock): Contents {
    rmSync(`${this.path}.new`, { force: true })
    try {
      return this.#read(Infinity)
    } catch (error) {
      if (!(error instanceof DamageError)) throw error
      const aside = `${this.path}.damaged-${clock.wallTime()}`
      renameSync(this.path, aside)
      const message = `${this.path} is damaged: it was moved to ${aside}, and the registry begins without data`
      publish('daemon', { level: 'error', event: 'journal.damaged', message, path: this.path, aside, error })
      return empty()
    }
  }

  /** What the first `length` bytes say. */
  #read(length: number): Contents {
    const contents = empty()
    let torn = false
    for (const { value, end } of readLines(this.path)) {
      if (end > length) break
      if (torn) throw new DamageError('A line inside the file is not as it was written')
      torn = value === undefined
      if (torn) continue
      this.#requireFormat(value as WrittenBatch)
      add(contents, value as WrittenBatch)
      contents.length = end
    }
    if (torn && contents.length === 0) throw new DamageError('The file has no valid line')
    return contents
  }

  #requireFormat({ format }: WrittenBatch): void {
    if (format === JOURNAL_FORMAT) return
    const advice = `this version reads format ${JOURNAL_FORMAT}: use the version that wrote them`
    throw new JournalError(this.path, `are of format ${format}, and ${advice}`)
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

  #attempt<T>(problem: string, action: () => T): T {
    return attemptOn(this.path, problem, action)
  }

  #error(problem: string, cause: Error): JournalError {
    return new JournalError(this.path, `${problem} (${cause.message}): see to the disk and its rights`, { cause })
  }
}

/** What the file says makes no sense. */
class DamageError extends Error {}

function lineOf({ put, removed, head }: JournalBatch): Buffer {
  return encodeLine({ format: JOURNAL_FORMAT, head, removed, put })
}

function empty(): Contents {
  return { head: undefined, claims: new Map(), length: 0 }
}

function add(contents: Contents, { put, removed, head }: WrittenBatch): void {
  for (const number of removed) contents.claims.delete(number)
  for (const record of put) contents.claims.set(record.number, record)
  contents.head = head
}
