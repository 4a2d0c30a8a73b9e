import { publish } from '../../core/event.ts'
import { RegistryClosedError, RegistryUnavailableError } from '../errors.ts'
import type { Calls } from './calls.ts'
import type { EngineCall, EngineNotes } from './engine.ts'

/** How long the removal of a note may take, in milliseconds; then it lapses. */
const REMOVE_MS = 1_000

/** Whose note, and where it goes. */
export interface ReaderNoteOptions {
  readonly serviceName: string
  /** Names this process for programs. */
  readonly reader: string
  /** Names this process for people. */
  readonly name: string
  readonly notes: EngineNotes
  readonly calls: Calls
}

/**
 * The note of this process on one service. One write is under way at a time, and the next has the newest revision, so that what changes
 * all the time costs no more than the engine can take. An engine that refuses notes, for want of rights perhaps, costs a warning: a drain
 * will not wait for this process.
 */
export class ReaderNote {
  readonly #options: ReaderNoteOptions
  #isOpen = false
  #wanted = 0
  #written = 0
  #writing = false

  constructor(options: ReaderNoteOptions) {
    this.#options = options
  }

  /** The revision that the note has, or is about to. */
  get revision(): number {
    return this.#wanted
  }

  /** Writes it before a first set is asked for. */
  async open(call: EngineCall): Promise<void> {
    this.#isOpen = true
    this.#wanted = 0
    this.#written = 0
    try {
      await this.#put(0, call)
    } catch (error) {
      if (call.signal.aborted || error instanceof RegistryUnavailableError) throw error
      this.#warn(error)
    }
  }

  /** Has it say `revision` as soon as that can be. */
  set(revision: number): void {
    this.#wanted = revision
    if (!this.#writing) void this.#write()
  }

  /** Takes it away; what cannot be told lapses. Never rejects. */
  async remove(): Promise<void> {
    if (!this.#isOpen) return
    const { calls, notes, serviceName, reader } = this.#options
    await calls.make(call => notes.remove(serviceName, reader, call), { limitMs: REMOVE_MS }).catch(ignore)
  }

  async #write(): Promise<void> {
    this.#writing = true
    try {
      while (this.#written !== this.#wanted) {
        const revision = this.#wanted
        await this.#options.calls.make(call => this.#put(revision, call))
        this.#written = revision
      }
    } catch (error) {
      this.#written = this.#wanted
      this.#warn(error)
    } finally {
      this.#writing = false
    }
  }

  async #put(revision: number, call: EngineCall): Promise<void> {
    const { notes, serviceName, reader, name } = this.#options
    await notes.put(serviceName, { reader, name, revision }, call)
  }

  #warn(error: unknown): void {
    if (error instanceof RegistryClosedError) return
    const { serviceName } = this.#options
    const message = `The registry takes no note that this process watches "${serviceName}": drains will not wait for it`
    publish('registry', { level: 'warn', event: 'registry.note-failed', message, serviceName, error })
  }
}

function ignore(): void {}
