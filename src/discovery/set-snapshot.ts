import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Clock, Timer } from '../core/clock.ts'
import { publish } from '../core/event.ts'
import { createInstance } from './create-instance.ts'
import type { Instance, InstanceInit } from './instance.ts'
import type { InstanceSet } from './instance-set.ts'

/** Changes within this time are written at once. */
const DEBOUNCE_MS = 1000

const FORMAT = 'ropewalk-set/1'

/** What a SetSnapshot is told. */
export interface SetSnapshotOptions {
  /** Its folder is created when it is missing. */
  file: string
  serviceName: string
  clock: Clock
}

/**
 * The last good set in a file, for a start while the registry is away. Written atomically, so that a reader finds the old or the new
 * one, whole; the last of several writers wins. No fault of it is ever more than a warning.
 */
export class SetSnapshot {
  readonly #options: SetSnapshotOptions
  #timer: Timer | undefined
  #unsaved: readonly Instance[] | undefined
  #writing: Promise<void> = Promise.resolve()

  constructor(options: SetSnapshotOptions) {
    this.#options = options
  }

  /** The saved set, stale and as old as it is, everything ready in it `unconfirmed`; undefined when there is none, or none to be trusted. */
  async load(): Promise<InstanceSet | undefined> {
    try {
      return this.#parse(await readFile(this.#options.file, 'utf8'))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') this.#warn('read', error)
      return undefined
    }
  }

  /** Saves `instances` soon. */
  save(instances: readonly Instance[]): void {
    this.#unsaved = instances
    this.#timer ??= this.#options.clock.schedule(DEBOUNCE_MS, () => this.#flush())
  }

  /** Saves now what is still to be saved, and waits for it. */
  async close(): Promise<void> {
    this.#flush()
    await this.#writing
  }

  #flush(): void {
    const instances = this.#unsaved
    this.#timer?.cancel()
    this.#timer = undefined
    this.#unsaved = undefined
    if (instances) this.#writing = this.#writing.then(() => this.#write(instances))
  }

  async #write(instances: readonly Instance[]): Promise<void> {
    const { file, serviceName, clock } = this.#options
    const temporary = `${file}.${process.pid}.tmp`
    try {
      await mkdir(dirname(file), { recursive: true })
      await writeFile(temporary, JSON.stringify({ format: FORMAT, serviceName, savedAt: clock.wallTime(), instances }))
      await rename(temporary, file)
    } catch (error) {
      this.#warn('write', error)
    }
  }

  #parse(text: string): InstanceSet {
    const { serviceName, clock } = this.#options
    const saved = JSON.parse(text) as Partial<Saved>
    if (saved.format !== FORMAT || saved.serviceName !== serviceName || typeof saved.savedAt !== 'number') {
      throw new TypeError(`Not a saved set of "${serviceName}"`)
    }
    const instances = (saved.instances ?? []).map(init => createInstance({ ...init, status: unconfirmed(init) }))
    const ageMs = Math.max(0, clock.wallTime() - saved.savedAt)
    return { serviceName, revision: 0, instances, known: true, settled: false, ageMs, stale: true }
  }

  #warn(verb: 'read' | 'write', error: unknown): void {
    const { file, serviceName } = this.#options
    const message = `Cannot ${verb} the saved set of "${serviceName}" (${file}): going on without`
    publish('discovery', { level: 'warn', event: 'snapshot.failed', message, serviceName, file, error })
  }
}

interface Saved {
  format: string
  serviceName: string
  savedAt: number
  instances: InstanceInit[]
}

function unconfirmed({ status = 'ready' }: InstanceInit): Instance['status'] {
  return status === 'ready' ? 'unconfirmed' : status
}
