import { rmSync } from 'node:fs'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { AppendFile } from './append-file.ts'
import { attemptOn } from './attempt-on.ts'
import { JournalError } from '../errors.ts'
import { encodeLine, encodeText } from './journal-lines.ts'
import { JournalRewrite } from './journal-rewrite.ts'

/** A file is written anew when it has grown by so much, and by as much as it began with. */
const GROWTH_BYTES_MIN = 16 * 1024 * 1024

/**
 * A log of the daemon's data: each line is a batch of changes with a checksum; read one after the other (`readLog`) they make what there is. So a commit
 * is one write at the end of the file, to the system's memory, and one sync, whatever is in it, which is waited for while the event loop goes on. When most of the file is of
 * the past it is written anew, in pieces, beside the one in use. All methods but `close` throw `JournalError`.
 */
export class LogFile {
  readonly path: string
  #file: AppendFile
  /** How long the file was when it had nothing of the past. */
  #baseBytes = 0
  #rewrite: JournalRewrite | undefined
  #isWriting = false

  /** Opens or makes the file, and cuts it to `length`, where what was read of it ends. */
  constructor(path: string, length: number) {
    this.path = path
    this.#file = this.#attempt('cannot be opened', () => {
      rmSync(`${path}.new`, { force: true })
      return new AppendFile(path, length)
    })
  }

  /** In bytes. */
  get length(): number {
    return this.#file.length
  }

  /** Writes a line, or nothing; tells, later, when it is on the disk, or why it is not. One at a time. */
  write(value: unknown, callback: (error?: JournalError) => void): void {
    let line: Buffer
    try {
      line = this.#append(value)
    } catch (error) {
      if (!this.#rewrite) return queueMicrotask(() => callback(error as JournalError))
      // It may be what took the room.
      this.#abandonRewrite((error as JournalError).cause as Error)
      return this.write(value, callback)
    }
    this.#isWriting = true
    this.#file.sync(cause => {
      this.#isWriting = false
      if (cause) {
        this.#abandonRewrite(cause)
        return callback(this.#error('cannot be written', cause))
      }
      this.#rewrite?.follow(line)
      this.#replaceIfReady()
      callback()
    })
  }

  /** The same, at once. */
  writeNow(value: unknown): void {
    this.#append(value)
    this.#attempt('cannot be written', () => this.#file.syncNow())
  }

  /** Whether most of the file is of the past, and nothing has been done about it yet. */
  get isStale(): boolean {
    return !this.#rewrite && this.#file.length > 2 * this.#baseBytes + GROWTH_BYTES_MIN
  }

  /**
   * Writes the file anew with lines, texts of JSON, which say all there is: one line per turn of the event loop; what is written meanwhile goes to
   * both. Where that fails, or a write does meanwhile, which may want its room, or be of what the lines have said already, the file in use
   * stays, and is stale again when it has grown further. Ends without effect when the file is closed.
   */
  async renew(lines: Iterable<string>): Promise<void> {
    try {
      const rewrite = new JournalRewrite(`${this.path}.new`)
      this.#rewrite = rewrite
      await this.#fill(rewrite, lines)
      await rewrite.finished
    } catch (error) {
      this.#baseBytes = this.#file.length
      throw this.#error('cannot be written anew', error as Error)
    }
  }

  /** Lets go of the file. Harmless a second time. */
  close(): void {
    this.#abandonRewrite()
    this.#file.close()
  }

  async #fill(rewrite: JournalRewrite, lines: Iterable<string>): Promise<void> {
    try {
      for (const line of lines) {
        rewrite.append(encodeText(line))
        await nextTurn()
        if (this.#rewrite !== rewrite) return
      }
      await rewrite.sync()
      this.#replaceIfReady()
    } catch (cause) {
      if (this.#rewrite === rewrite) this.#abandonRewrite(cause as Error)
    }
  }

  #abandonRewrite(cause?: Error): void {
    this.#rewrite?.abandon(cause)
    this.#rewrite = undefined
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

  #append(value: unknown): Buffer {
    return this.#attempt('cannot be written', () => {
      const line = encodeLine(value)
      this.#file.append(line)
      return line
    })
  }

  #attempt<T>(problem: string, action: () => T): T {
    return attemptOn(this.path, problem, action)
  }

  #error(problem: string, cause: Error): JournalError {
    return new JournalError(this.path, `${problem} (${cause.message}): see to the disk and its rights`, { cause })
  }
}
