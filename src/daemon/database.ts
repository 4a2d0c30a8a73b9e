import { mkdirSync, renameSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Clock } from '../core/clock.ts'
import { publish } from '../core/event.ts'
import { JournalError } from './errors.ts'

/** SQLITE_BUSY. */
const BUSY_CODE = 5

/** SQLITE_CORRUPT and SQLITE_NOTADB. */
const CORRUPT_CODES: ReadonlySet<number> = new Set([11, 26])

/** What a file of the daemon's is to be. */
export interface DatabaseInit {
  readonly clock: Clock
  /** Changes of the tables raise it; a file of another one is not touched. */
  readonly format: number
  /** Makes the tables where they are not yet. */
  readonly schema: string
}

/**
 * Opens or makes a file of the daemon's data, and its folder. One process at a time: the file is locked while it is open. A transaction is
 * on the disk when its COMMIT returns (write-ahead log, synced). A file that is damaged is moved aside, beside the new one, and told by the
 * event `journal.damaged`. Throws `JournalError` if there can be no file, another process has it, or it is of another format.
 */
export function openDatabase(path: string, init: DatabaseInit): DatabaseSync {
  return attemptOn(path, 'cannot be opened', () => openOrSetAside(path, init))
}

/** Does something with a file, whose errors become `JournalError`. */
export function attemptOn<T>(path: string, problem: string, action: () => T): T {
  try {
    return action()
  } catch (cause) {
    if (cause instanceof JournalError) throw cause
    const { message, errcode } = cause as Error & { errcode?: number }
    const advice = errcode === BUSY_CODE ? 'another daemon has it open' : 'see to the disk and its rights'
    throw new JournalError(path, `${problem} (${message}): ${advice}`, { cause })
  }
}

function openOrSetAside(path: string, init: DatabaseInit): DatabaseSync {
  mkdirSync(dirname(path), { recursive: true })
  try {
    return open(path, init)
  } catch (error) {
    if (!CORRUPT_CODES.has((error as { errcode?: number }).errcode ?? 0)) throw error
    const aside = `${path}.damaged-${init.clock.wallTime()}`
    setAside(path, aside)
    const message = `${path} is damaged: it was moved to ${aside}, and the registry begins without data`
    publish('daemon', { level: 'error', event: 'journal.damaged', message, path, aside, error })
    return open(path, init)
  }
}

function open(path: string, { format, schema }: DatabaseInit): DatabaseSync {
  const database = new DatabaseSync(path)
  try {
    database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL')
    requireFormat(path, { database, format })
    const { quick_check: finding } = database.prepare('PRAGMA quick_check(1)').get() as { quick_check: string }
    if (finding !== 'ok') throw Object.assign(new Error(finding), { errcode: 11 })
    database.exec(`${schema}; PRAGMA user_version = ${format}`)
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

function requireFormat(path: string, { database, format }: { database: DatabaseSync; format: number }): void {
  const { user_version: found } = database.prepare('PRAGMA user_version').get() as { user_version: number }
  if (found === 0 || found === format) return
  throw new JournalError(
    path,
    `are of format ${found}, and this version reads format ${format}: use the version that wrote them`,
  )
}

function setAside(path: string, aside: string): void {
  for (const suffix of ['', '-wal', '-shm']) {
    try {
      renameSync(path + suffix, aside + suffix)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    }
  }
}
