import { closeSync, fdatasync, fdatasyncSync, ftruncateSync, openSync, writeSync } from 'node:fs'

/** What registries keep proves who holds what: nobody else on this machine is to read it. */
const OWNER_ONLY = 0o600

/**
 * A file that only grows. What is appended is there at once and survives a crash of the machine once it is synced; what could not be written
 * or synced is cut off before anything else is appended, so that whole things follow whole things. Methods throw, or tell, the errors of the file system.
 */
export class AppendFile {
  readonly #file: number
  /** How much is known to be on the disk. */
  #kept: number
  #length: number
  /** Whether the file may be longer than that, by what could not be written. */
  #excess = false
  #closed = false

  /** Opens or makes the file, and cuts it to `length`. */
  constructor(path: string, length: number) {
    this.#file = openSync(path, 'a', OWNER_ONLY)
    this.#kept = length
    this.#length = length
    ftruncateSync(this.#file, length)
  }

  /** In bytes, what is not synced included. */
  get length(): number {
    return this.#length
  }

  append(bytes: Buffer): void {
    if (this.#excess) this.#cut()
    this.#excess = true
    for (let at = 0; at < bytes.length;) at += writeSync(this.#file, bytes, at)
    this.#excess = false
    this.#length += bytes.length
  }

  /** Tells, later, when everything appended before is on the disk, or why not. One at a time, and nothing is appended meanwhile. */
  sync(callback: (error: Error | null) => void): void {
    fdatasync(this.#file, error => {
      if (error) this.#forget()
      else this.#kept = this.#length
      callback(error)
    })
  }

  /** The same, at once. */
  syncNow(): void {
    fdatasyncSync(this.#file)
    this.#kept = this.#length
  }

  /** Harmless a second time. */
  close(): void {
    if (this.#closed) return
    this.#closed = true
    closeSync(this.#file)
  }

  /** Nobody knows what the disk has of it. */
  #forget(): void {
    this.#length = this.#kept
    this.#excess = true
  }

  #cut(): void {
    ftruncateSync(this.#file, this.#length)
    this.#excess = false
  }
}
