import type { Clock, Timer } from '../../../core/clock.ts'
import { publish } from '../../../core/event.ts'
import { JournalError } from '../../errors.ts'
import type { Turn } from '../../turn.ts'
import type { StateFile, StoredRow } from './state-file.ts'
import type { KeptTable, TableJournal } from './table.ts'

/** What a StateJournal works with. */
export interface StateJournalInit {
  /** Undefined: nothing is kept. */
  readonly file: StateFile | undefined
  readonly turn: Turn
  readonly clock: Clock
}

/** Between two commits that several share there is at least this much time. */
const PAUSE_MS = 1

/** How many rows go in a line of a file that is written anew. */
const RENEWED_ROWS = 1_000

/**
 * Keeps the tables of the Consul API on disk, by *group commit*: what is written while the disk is busy goes in one commit after that, and only
 * when it is on the disk are those told who wait. What cannot be written is undone in the tables, with everything that was written since.
 */
export class StateJournal implements TableJournal {
  readonly #init: StateJournalInit
  #tables: readonly KeptTable[] = []
  #pending = new Map<string, Change>()
  #waiting: Waiting[] = []
  /** What the disk is busy with. */
  #commit: Commit | undefined
  #nextCommitAt = -Infinity
  /** What was written in the attempt that is going on. */
  #attempted: Write[] | undefined
  #paced: Timer | undefined
  #closed = false
  readonly #commitTask = () => this.#beginInTime()

  constructor(init: StateJournalInit) {
    this.#init = init
  }

  changed(table: KeptTable, key: string, before: unknown): void {
    this.#attempted?.push({ table, key, before })
    if (!this.#init.file) return
    this.#pending.set(`${table.name}\0${key}`, { table, key })
    this.#init.turn.at('commit', this.#commitTask)
  }

  /**
   * Does what `action` does in the tables, all of it or none: where it returns false, or throws, every row is again what it was before, at
   * once, and nobody has seen anything else. One attempt at a time.
   */
  attempt(action: () => boolean): void {
    const writes: Write[] = []
    this.#attempted = writes
    let isDone = false
    try {
      isDone = action()
    } finally {
      this.#attempted = undefined
      if (!isDone) for (const { table, key, before } of writes.toReversed()) table.restore(key, before)
    }
  }

  /** The same, of what is done unless it throws. */
  whole(action: () => void): void {
    this.attempt(() => {
      action()
      return true
    })
  }

  /** Whether anything that was written is not kept yet. */
  get isPending(): boolean {
    return this.#pending.size > 0 || this.#commit !== undefined
  }

  /** Resolves when everything written so far survives a crash. Rejects with `JournalError` when it could not be kept, and was undone. */
  async kept(): Promise<void> {
    const { file } = this.#init
    if (!file) return
    if (this.#closed) throw new JournalError(file.path, 'are closed, because the daemon stops: ask again when it runs')
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    this.#waiting.push(error => (error ? reject(error) : resolve()))
    this.#init.turn.at('commit', this.#commitTask)
    await promise
  }

  /** Fills the tables with what the file has. Call it once, before anything else. Rows of tables that are not there are forgotten when the file is written anew. */
  load(tables: readonly KeptTable[]): void {
    this.#tables = tables
    const rows = this.#init.file?.takeRows()
    for (const table of tables) {
      for (const [key, row] of rows?.get(table.name) ?? []) table.restore(key, row)
    }
  }

  /** Writes what is left, and lets go of the file. Harmless a second time. */
  close(): void {
    const { file } = this.#init
    if (this.#closed || !file) return
    this.#closed = true
    this.#paced?.cancel()
    const commit = this.#take()
    try {
      if (commit.changes.size > 0) file.writeNow(rowsOf(commit))
      tell(commit)
    } catch (error) {
      if (!(error instanceof JournalError)) throw error
      tell(commit, error)
    }
    file.close()
  }

  /** At once for one who waits alone; for several not before their time, so that more can share it. */
  #beginInTime(): void {
    if (this.#closed || this.#commit || this.#paced) return
    const { clock } = this.#init
    const pauseMs = this.#nextCommitAt - clock.now()
    if (pauseMs <= 0 || this.#waiting.length <= 1) return this.#begin()
    this.#paced = clock.schedule(pauseMs, () => {
      this.#paced = undefined
      this.#begin()
    })
  }

  #begin(): void {
    if (this.#closed || this.#commit) return
    const commit = this.#take()
    if (commit.changes.size === 0) return tell(commit)
    this.#commit = commit
    this.#init.file?.write(rowsOf(commit), error => this.#end(error))
  }

  #end(error: JournalError | undefined): void {
    if (this.#closed || !this.#commit) return
    if (error) {
      const failed = this.#take()
      publish('daemon', { level: 'error', event: 'consul.refused', message: error.message, error })
      this.#undo(failed)
      return tell(failed, error)
    }
    const done = this.#commit
    this.#commit = undefined
    this.#nextCommitAt = this.#init.clock.now() + PAUSE_MS
    if (this.#pending.size + this.#waiting.length > 0) this.#init.turn.at('commit', this.#commitTask)
    tell(done)
    if (this.#init.file?.isStale) void this.#renew(this.#init.file)
  }

  /** Everything that is not known to be kept, and everybody who waits for it. */
  #take(): Commit {
    const { changes = [], waiting = [] } = this.#commit ?? {}
    const commit = { changes: new Map([...changes, ...this.#pending]), waiting: [...waiting, ...this.#waiting] }
    this.#pending = new Map()
    this.#waiting = []
    this.#commit = undefined
    return commit
  }

  /** The rows are again what the disk has. Where not even that can be told, they stay, and are written with their next change. */
  #undo({ changes }: Commit): void {
    try {
      const kept = this.#init.file?.kept()
      for (const { table, key } of changes.values()) table.restore(key, kept?.get(table.name)?.get(key))
    } catch (error) {
      if (!(error instanceof JournalError)) throw error
    }
  }

  /** A file that cannot be written anew only grows, which is told. */
  async #renew(file: StateFile): Promise<void> {
    try {
      await file.renew(this.#all())
    } catch (error) {
      const { message } = error as JournalError
      publish('daemon', { level: 'warn', event: 'journal.grows', message, error })
    }
  }

  /** All that is to be kept, some at a time, each as it is when its turn comes. */
  *#all(): Generator<StoredRow[], void, void> {
    for (const table of this.#tables) {
      const keys = [...table.keys()]
      for (let at = 0; at < keys.length; at += RENEWED_ROWS) {
        yield keys.slice(at, at + RENEWED_ROWS).map(key => stored({ table, key }))
      }
    }
  }
}

type Waiting = (error?: JournalError) => void

interface Change {
  readonly table: KeptTable
  readonly key: string
}

/** A change, and what was there before it. */
interface Write extends Change {
  readonly before: unknown
}

/** Rows that are written together, and those who wait for that. */
interface Commit {
  readonly changes: ReadonlyMap<string, Change>
  readonly waiting: readonly Waiting[]
}

function tell({ waiting }: Commit, error?: JournalError): void {
  for (const callback of waiting) callback(error)
}

function rowsOf({ changes }: Commit): StoredRow[] {
  return Array.from(changes.values(), stored)
}

function stored({ table, key }: Change): StoredRow {
  return [table.name, key, table.get(key) ?? null]
}
