import type { Clock, Timer } from '../../../core/clock.ts'
import { publish } from '../../../core/event.ts'
import { JournalError } from '../../errors.ts'
import type { Turn } from '../../turn.ts'
import type { RowFile, StoredRow } from './state-file.ts'
import type { KeptTable, TableJournal } from './table.ts'

/** What a StateJournal works with. */
export interface StateJournalInit {
  /** Undefined: nothing is kept. */
  readonly file: RowFile | undefined
  readonly turn: Turn
  readonly clock: Clock
}

/** Between two commits that several share there is at least this much time. */
const PAUSE_MS_MIN = 1

/**
 * Keeps the tables of the Consul API on disk, by *group commit*: what is written in one turn of the event loop is one transaction. What
 * cannot be written is undone in the tables, all of that turn, and those who wait are told. When several wait, commits take at most half of the time.
 */
export class StateJournal implements TableJournal {
  readonly #init: StateJournalInit
  #pending = new Map<string, { table: KeptTable; key: string }>()
  #waiting: ((error?: JournalError) => void)[] = []
  #nextCommitAt = -Infinity
  #paced: Timer | undefined
  #closed = false
  readonly #commitTask = () => this.#commitInTime()

  constructor(init: StateJournalInit) {
    this.#init = init
  }

  changed(table: KeptTable, key: string): void {
    if (!this.#init.file) return
    this.#pending.set(`${table.name}\0${key}`, { table, key })
    this.#init.turn.at('commit', this.#commitTask)
  }

  /** Whether anything that was written is not kept yet. */
  get isPending(): boolean {
    return this.#pending.size > 0
  }

  /** Resolves when everything written so far survives a crash. Rejects with `JournalError` when it could not be kept, and was undone. */
  async kept(): Promise<void> {
    if (!this.#init.file) return
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    this.#waiting.push(error => (error ? reject(error) : resolve()))
    this.#init.turn.at('commit', this.#commitTask)
    await promise
  }

  /** Fills the tables with what the file has. Call it once, before anything else. Rows of tables that are not there are left alone. */
  load(tables: readonly KeptTable[]): void {
    const byName = new Map(tables.map(table => [table.name, table]))
    for (const { table, key, value = 'null' } of this.#init.file?.rows() ?? []) {
      byName.get(table)?.restore(key, JSON.parse(value))
    }
  }

  /** Writes what is left, and lets go of the file. Harmless a second time. */
  close(): void {
    if (this.#closed) return
    this.#commit()
    this.#closed = true
    this.#init.file?.close()
  }

  #commitInTime(): void {
    const { clock } = this.#init
    const pauseMs = this.#nextCommitAt - clock.now()
    if (pauseMs <= 0 || this.#waiting.length <= 1) this.#commit()
    else this.#paced ??= clock.schedule(pauseMs, () => this.#commit())
  }

  #commit(): void {
    this.#paced?.cancel()
    this.#paced = undefined
    if (this.#closed && this.#pending.size === 0) return
    const changes = [...this.#pending.values()]
    const waiting = this.#waiting
    this.#pending = new Map()
    this.#waiting = []
    const beganAt = this.#init.clock.now()
    const error = changes.length > 0 ? this.#write(changes) : undefined
    const endedAt = this.#init.clock.now()
    this.#nextCommitAt = endedAt + Math.max(PAUSE_MS_MIN, endedAt - beganAt)
    for (const callback of waiting) callback(error)
  }

  #write(changes: readonly Change[]): JournalError | undefined {
    try {
      this.#init.file?.write(changes.map(stored))
      return undefined
    } catch (error) {
      if (!(error instanceof JournalError)) throw error
      publish('daemon', { level: 'error', event: 'consul.refused', message: error.message, error })
      for (const change of changes) this.#undo(change)
      return error
    }
  }

  /** The row is again what the disk has. Where not even that can be told, it stays, and is written with the next change of it. */
  #undo({ table, key }: Change): void {
    try {
      const { value } = this.#init.file?.row(table.name, key) ?? { value: undefined }
      table.restore(key, value === undefined ? undefined : JSON.parse(value))
    } catch (error) {
      if (!(error instanceof JournalError)) throw error
    }
  }
}

interface Change {
  readonly table: KeptTable
  readonly key: string
}

function stored({ table, key }: Change): StoredRow {
  const row = table.get(key)
  return { table: table.name, key, value: row === undefined ? undefined : JSON.stringify(row) }
}
