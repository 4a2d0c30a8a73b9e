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
  }

  /** Whether all but what was written meanwhile is on the disk. */
  get isReady(): boolean {
    return this.#isReady
  }

  /** Resolves when it is in use, and rejects when that has failed, or nobody knows whether it still would be after a crash of the machine. */
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
      this.abandon()
      this.#finished.reject(error)
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

  /** Leaves nothing of it. Harmless a second time. */
  abandon(): void {
    this.#file.close()
    rmSync(this.#path, { force: true })
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
