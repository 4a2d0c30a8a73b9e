import { closeSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { promisify } from 'node:util'
import { AppendFile } from './append-file.ts'

/** A journal's file that is being written anew beside the one in use. Throws the errors of the file system. */
export class JournalRewrite {
  readonly #path: string
  readonly #file: AppendFile
  readonly #finished = Promise.withResolvers<void>()
  /** What was written to the file in use meanwhile. */
  readonly #later: Buffer[] = []
  #isReady = false

  constructor(path: string) {
    this.#path = path
    this.#file = new AppendFile(path, 0)
    // It may fail before anybody waits for it.
    this.#finished.promise.catch(() => {})
  }

  /** Whether all but what was written meanwhile is on the disk. */
  get isReady(): boolean {
    return this.#isReady
  }

  /** Resolves when it is in use or not wanted any more; rejects when it has failed, or nobody knows whether it would be in use after a crash of the machine. */
  get finished(): Promise<void> {
    return this.#finished.promise
  }

  append(line: Buffer): void {
    this.#file.append(line)
  }

  /** This line was written to the file in use. */
  follow(line: Buffer): void {
    this.#later.push(line)
  }

  async sync(): Promise<void> {
    await promisify((done: (error: Error | null) => void) => this.#file.sync(done))()
    this.#isReady = true
  }

  /** Puts it in the place of the file at `path` and returns it; undefined, and nothing is changed, when that fails. */
  finish(path: string): AppendFile | undefined {
    try {
      for (const line of this.#later) this.#file.append(line)
      this.#file.syncNow()
      renameSync(this.#path, path)
    } catch (error) {
      this.abandon(error as Error)
      return undefined
    }
    // From here on this is the file, whatever else fails: the former one has no name any more.
    this.#keepName(dirname(path))
    return this.#file
  }

  #keepName(folder: string): void {
    try {
      syncFolder(folder)
      this.#finished.resolve()
    } catch (error) {
      this.#finished.reject(error)
    }
  }

  /** Leaves nothing of it: it has failed, where there is a `cause`. Harmless a second time. */
  abandon(cause?: Error): void {
    if (cause) this.#finished.reject(cause)
    else this.#finished.resolve()
    this.#file.close()
    try {
      rmSync(this.#path, { force: true })
    } catch {
      // A folder that takes no change now. What is left there is overwritten by the next one, or removed when the log is opened, which throws.
    }
  }
}

/** So that a name in it survives a crash of the machine. Windows opens no folders, and needs none of this. */
function syncFolder(path: string): void {
  if (process.platform === 'win32') return
  const folder = openSync(path, 'r')
  try {
    fsyncSync(folder)
  } finally {
    closeSync(folder)
  }
}
