import { mkdirSync, statSync, truncateSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { attemptOn } from './attempt-on.ts'

/** SQLITE_NOTADB. */
const NOT_A_DATABASE_CODE = 26

/**
 * Keeps every other process out of a folder of data, by the file `registry.lock` in it. Node has no locks for files, SQLite has them, on every
 * system: one that the system takes back when the process is gone, however it went, so that nothing stale is ever left.
 */
export class FolderLock {
  readonly #database: DatabaseSync

  /** Makes the folder if need be. Throws `JournalError` if it cannot be, or another process has it. */
  constructor(folder: string) {
    const path = join(folder, 'registry.lock')
    this.#database = attemptOn(path, 'cannot be opened', () => locked(folder, path))
  }

  /** Lets others in. Harmless a second time. */
  release(): void {
    if (this.#database.isOpen) this.#database.close()
  }
}

function locked(folder: string, path: string): DatabaseSync {
  // What is in it is for the daemon alone; a folder that is there already is as its owner wants it.
  makeFolder(folder)
  try {
    return lock(path)
  } catch (error) {
    if ((error as { errcode?: number }).errcode !== NOT_A_DATABASE_CODE) throw error
    // A damaged disk: nothing is ever written to the file. Who can tell that it is no database has found that nobody locks it.
    truncateSync(path)
    return lock(path)
  }
}

/** Makes a folder, and those that it is in, as far as they are not there. Node's own way to do that never ends where there can be none, as in `/proc`. */
function makeFolder(folder: string): void {
  if (isFolder(folder)) return
  if (dirname(folder) !== folder) makeFolder(dirname(folder))
  try {
    mkdirSync(folder, { mode: 0o700 })
  } catch (error) {
    // Somebody else may have made it just now.
    if (!isFolder(folder)) throw error
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
}

function lock(path: string): DatabaseSync {
  const database = new DatabaseSync(path)
  try {
    database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE')
    return database
  } catch (error) {
    database.close()
    throw error
  }
}
