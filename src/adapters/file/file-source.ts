import { type FSWatcher, watch } from 'node:fs'
import { open, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { abortable, sleep, timeLimit } from '../../core/abort.ts'
import type { Clock } from '../../core/clock.ts'
import { publish } from '../../core/event.ts'
import type { KnownSets } from '../../discovery/read-only/known-sets.ts'
import { listedInstances } from '../../discovery/read-only/listed-instances.ts'
import type { SetSource } from '../../discovery/read-only/read-only-registry.ts'
import { InstanceFileError } from './errors.ts'

/** The file is looked at this often, in milliseconds, should the system not tell of a change, as with some network file systems. */
const LOOK_MS = 2_000

/** A file that is written in place is read when it has not changed for this long, in milliseconds. */
const QUIET_MS = 100

/** How large the file may be. */
const FILE_BYTES = 64 * 1024 * 1024

/** What a FileSource is told. */
export interface FileSourceOptions {
  readonly path: string
  readonly parse: (text: string) => unknown
  readonly sets: KnownSets
  readonly clock: Clock
}

/** What tells one state of a file from another. */
interface Signature {
  readonly file: bigint
  readonly text: string
}

/** Tells what is in a file, and again whenever it changes. What is wrong with it is told by an event and leaves the last good content, `stale`. */
export class FileSource implements SetSource {
  readonly #options: FileSourceOptions
  readonly #closing = new AbortController()
  #running: Promise<void> | undefined
  #refreshed: Promise<void> = Promise.resolve()
  #watcher: FSWatcher | undefined
  #changed = Promise.withResolvers<void>()
  /** What was read last, whether or not it was good. */
  #read: Signature | undefined
  /** Whether what there is to know of it is known: not so after a failure of the system's, which leaves the file as it is. */
  #isKnown = false
  /** What is wrong with the file. */
  #problem: string | undefined

  constructor(options: FileSourceOptions) {
    this.#options = options
  }

  /** Whoever comes has what is in the file now. */
  async watched(): Promise<void> {
    this.#running ??= this.#run()
    await this.#refresh()
  }

  async close(): Promise<void> {
    this.#closing.abort()
    this.#watcher?.close()
    await this.#running
  }

  async #run(): Promise<void> {
    const { signal } = this.#closing
    while (!signal.aborted) {
      this.#changed = Promise.withResolvers()
      this.#listen()
      await this.#refresh()
      using look = timeLimit(this.#options.clock, LOOK_MS, { signal })
      await abortable(this.#changed.promise, look.signal).catch(ignore)
    }
  }

  /** Listens to the folder, not to the file: who replaces a file by another makes a new one. */
  #listen(): void {
    if (this.#watcher) return
    try {
      const watcher = watch(dirname(this.#options.path), { persistent: false }, () => this.#changed.resolve())
      watcher.on('error', () => this.#deaf(watcher))
      this.#watcher = watcher
    } catch {
      // Looking from time to time has to do.
    }
  }

  #deaf(watcher: FSWatcher): void {
    watcher.close()
    if (this.#watcher === watcher) this.#watcher = undefined
  }

  /** One look after the other, so that what is read later is told later. */
  async #refresh(): Promise<void> {
    this.#refreshed = this.#refreshed.then(() => this.#refreshOnce())
    await this.#refreshed
  }

  async #refreshOnce(): Promise<void> {
    try {
      const text = await this.#news()
      if (text === undefined) return
      const list = this.#options.parse(text)
      this.#options.sets.replaceAll(listedInstances(list), Object.keys(list as object))
      this.#mended()
    } catch (error) {
      if (!this.#closing.signal.aborted) this.#fail(error)
    }
  }

  /** What is in the file, unless it was read before. */
  async #news(): Promise<string | undefined> {
    const wasKnown = this.#isKnown
    this.#isKnown = false
    const signature = await this.#settled()
    const isNews = !wasKnown || signature.text !== this.#read?.text
    this.#read = signature
    const text = isNews ? await this.#load() : undefined
    this.#isKnown = true
    return text
  }

  /** The file as it is, when it is not being written in place. */
  async #settled(): Promise<Signature> {
    let signature = await this.#signature()
    while (this.#read && signature.file === this.#read.file && signature.text !== this.#read.text) {
      const before = signature.text
      await sleep(this.#options.clock, QUIET_MS, this.#closing)
      signature = await this.#signature()
      if (signature.text === before) return signature
    }
    return signature
  }

  async #signature(): Promise<Signature> {
    const { dev, ino, size, mtimeNs, ctimeNs } = await stat(this.#options.path, { bigint: true })
    return { file: ino, text: [dev, ino, size, mtimeNs, ctimeNs].join() }
  }

  async #load(): Promise<string> {
    await using file = await open(this.#options.path)
    const { size } = await file.stat()
    if (size > FILE_BYTES) throw new RangeError(`it has ${size} bytes, and at most ${FILE_BYTES} are read`)
    return file.readFile('utf8')
  }

  #mended(): void {
    if (this.#problem === undefined) return
    this.#problem = undefined
    const { path } = this.#options
    const message = `The file of instances ${path} is well again`
    publish('registry', { level: 'info', event: 'registry.connected', message, registry: `file:${path}` })
  }

  #fail(cause: unknown): void {
    const { path, sets } = this.#options
    const error = new InstanceFileError(path, cause)
    sets.lose()
    if (error.message === this.#problem) return
    this.#problem = error.message
    publish('registry', {
      level: 'warn',
      event: 'registry.lost',
      message: error.message,
      registry: `file:${path}`,
      error,
    })
  }
}

function ignore(): void {}
