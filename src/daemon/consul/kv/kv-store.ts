import type { Clock } from '../../../core/clock.ts'
import { ConsulRefusedError } from '../errors.ts'
import type { Question } from '../live/live-query.ts'
import { Topics } from '../live/topics.ts'
import { folded } from '../state/folded.ts'
import { CONSUL_LIMITS, requireRoom } from '../state/limits.ts'
import { SortedKeys } from '../state/sorted-keys.ts'
import type { Stamps } from '../state/stamps.ts'
import { Table, type TableJournal } from '../state/table.ts'
import type { Turn } from '../../turn.ts'
import type { KvRow } from './kv-row.ts'

/** How many deleted keys keep the index of it. */
const TOMBSTONES_MAX = 10_000

/** What a KvStore works with. */
export interface KvStoreInit {
  readonly journal: TableJournal
  readonly turn: Turn
  readonly clock: Clock
  readonly stamps: Stamps
  readonly revision: number
  /** How many keys there may be, and how many bytes of values, in Base64. Default: as `CONSUL_LIMITS` says. */
  readonly limits?: KvLimits | undefined
}

/** What a KvStore takes. */
export interface KvLimits {
  readonly keys: number
  readonly valuesBytes: number
}

/** What is written under a key. */
export interface KvWrite {
  readonly key: string
  /** Base64. */
  readonly value: string
  readonly flags: string
}

/** The keys and values of the Consul API. Each change has an index; one that changes nothing has none. */
export class KvStore {
  readonly rows: Table<KvRow>
  readonly #init: KvStoreInit
  readonly #keys = new SortedKeys()
  readonly #bySession = new Map<string, Set<string>>()
  readonly #topics: Topics
  readonly #tombstones = new Map<string, number>()
  #tombstoneFloor: number
  readonly #lockedUntil = new Map<string, number>()
  readonly #prefixWatchers = new Set<{ prefix: string; onChange: () => void }>()
  #valueBytes = 0

  constructor(init: KvStoreInit) {
    this.#init = init
    this.#topics = new Topics(init.turn, init.revision)
    this.#tombstoneFloor = init.revision
    this.rows = new Table('kv', init.journal, (before, after) => this.#changed(before, after))
  }

  get(key: string): KvRow | undefined {
    return this.rows.get(key)
  }

  /** In the order of their keys. */
  *startingWith(prefix: string): Generator<KvRow, void, void> {
    for (const key of this.#keys.startingWith(prefix)) {
      const row = this.rows.get(key)
      if (row) yield row
    }
  }

  /** The keys that a session holds. */
  heldBy(session: string): readonly string[] {
    return [...(this.#bySession.get(folded(session)) ?? [])]
  }

  /** The index at which a key, or what begins with it, last changed. */
  indexOf(key: string, { isPrefix = false }: { isPrefix?: boolean } = {}): number {
    if (!isPrefix) return this.rows.get(key)?.ModifyIndex ?? this.#tombstones.get(key) ?? this.#tombstoneFloor
    let index = 0
    for (const { ModifyIndex } of this.startingWith(key)) index = Math.max(index, ModifyIndex)
    for (const [gone, at] of this.#tombstones) if (gone.startsWith(key)) index = Math.max(index, at)
    return index || this.#tombstoneFloor
  }

  /** A question about a key, or about what begins with it, whose answer is `make`'s. */
  question(
    key: string,
    { isPrefix = false, make }: { isPrefix?: boolean; make: () => { status: number; text: string } },
  ): Question {
    return {
      revision: () => this.#topics.revision(['kv']),
      evaluate: () => ({ ...make(), index: this.indexOf(key, { isPrefix }) }),
      watch: onChange => (isPrefix ? this.#watchPrefix(key, onChange) : this.#topics.watch([`key/${key}`], onChange)),
    }
  }

  set({ key, value, flags }: KvWrite): KvRow {
    const before = this.rows.get(key)
    return this.#put({ Key: key, Value: value, Flags: flags, LockIndex: 0, Session: before?.Session ?? '' }, before)
  }

  /** Locks a key for a session that is there. Undefined, and nothing is written, if another has it or it may not be locked yet. */
  lock({ key, value, flags }: KvWrite, session: string): KvRow | undefined {
    const before = this.rows.get(key)
    if (before && before.Session !== '' && before.Session !== session) return undefined
    if ((this.#lockedUntil.get(key) ?? 0) > this.#init.clock.now()) return undefined
    this.#lockedUntil.delete(key)
    const isHeld = before?.Session === session
    const LockIndex = (before?.LockIndex ?? 0) + (isHeld ? 0 : 1)
    return this.#put({ Key: key, Value: value, Flags: flags, LockIndex, Session: session }, before)
  }

  /** Lets go of a key. Undefined, and nothing is written, if the session does not have it. */
  unlock({ key, value, flags }: KvWrite, session: string): KvRow | undefined {
    const before = this.rows.get(key)
    if (!before || before.Session !== session || session === '') return undefined
    return this.#put({ Key: key, Value: value, Flags: flags, LockIndex: before.LockIndex, Session: '' }, before)
  }

  /** Harmless if there is no such key. */
  delete(key: string): void {
    this.rows.delete(key)
  }

  deleteTree(prefix: string): void {
    this.#init.stamps.together(() => {
      for (const key of this.#keys.startingWith(prefix).toArray()) this.rows.delete(key)
    })
  }

  /** A session has ended: what it holds is let go of, or deleted, and cannot be locked for `lockDelayMs`. */
  release(session: string, { deletes, lockDelayMs }: { deletes: boolean; lockDelayMs: number }): void {
    this.#init.stamps.together(() => {
      for (const key of this.heldBy(session)) {
        const row = this.rows.get(key)
        if (lockDelayMs > 0) this.#delayLock(key, lockDelayMs)
        if (deletes) this.rows.delete(key)
        else if (row) this.#put({ ...row, Session: '' }, row)
      }
    })
  }

  #delayLock(key: string, lockDelayMs: number): void {
    const now = this.#init.clock.now()
    for (const [other, until] of this.#lockedUntil) {
      if (this.#lockedUntil.size < TOMBSTONES_MAX) break
      if (until <= now) this.#lockedUntil.delete(other)
    }
    this.#lockedUntil.set(key, now + lockDelayMs)
  }

  #put(row: Omit<KvRow, 'CreateIndex' | 'ModifyIndex'>, before: KvRow | undefined): KvRow {
    if (before && isSame(before, row)) return before
    this.#requireRoom(row, before)
    const index = this.#init.stamps.next()
    const { Key, Value, Flags, LockIndex, Session } = row
    const next = {
      Key,
      Value,
      Flags,
      LockIndex,
      Session,
      CreateIndex: before?.CreateIndex ?? index,
      ModifyIndex: index,
    }
    this.rows.put(Key, next)
    return next
  }

  #requireRoom({ Key, Value }: Pick<KvRow, 'Key' | 'Value'>, before: KvRow | undefined): void {
    const { limits: { keys, valuesBytes } = CONSUL_LIMITS } = this.#init
    if (!before) requireRoom('keys', this.rows.size, keys)
    if (Buffer.byteLength(Key) > CONSUL_LIMITS.keyBytes)
      throw new ConsulRefusedError(413, `The key is longer than ${CONSUL_LIMITS.keyBytes} bytes`)
    if (this.#valueBytes + Value.length - (before?.Value.length ?? 0) > valuesBytes)
      throw new ConsulRefusedError(500, `The registry is full: all values take at most ${valuesBytes} bytes`)
  }

  #changed(before: KvRow | undefined, after: KvRow | undefined): void {
    const key = (after ?? before)?.Key ?? ''
    this.#valueBytes += (after?.Value.length ?? 0) - (before?.Value.length ?? 0)
    if (!before) this.#keys.add(key)
    if (!after) this.#keys.delete(key)
    if (before?.Session !== after?.Session) this.#holderChanged(key, before, after)
    const revision = this.#init.stamps.next()
    if (after) this.#tombstones.delete(key)
    else this.#bury(key, revision)
    this.#topics.touch('kv', revision)
    if (this.#topics.isWatched(`key/${key}`)) this.#topics.touch(`key/${key}`, revision)
    for (const { prefix, onChange } of this.#prefixWatchers) if (key.startsWith(prefix)) this.#topics.soon(onChange)
  }

  #holderChanged(key: string, before: KvRow | undefined, after: KvRow | undefined): void {
    if (before?.Session) {
      const held = this.#bySession.get(folded(before.Session))
      held?.delete(key)
      if (held?.size === 0) this.#bySession.delete(folded(before.Session))
    }
    if (!after?.Session) return
    const held = this.#bySession.get(folded(after.Session)) ?? new Set()
    this.#bySession.set(folded(after.Session), held.add(key))
  }

  #bury(key: string, revision: number): void {
    this.#tombstones.delete(key)
    this.#tombstones.set(key, revision)
    if (this.#tombstones.size <= TOMBSTONES_MAX) return
    const [oldest] = this.#tombstones
    if (!oldest) return
    this.#tombstones.delete(oldest[0])
    this.#tombstoneFloor = Math.max(this.#tombstoneFloor, oldest[1])
  }

  #watchPrefix(prefix: string, onChange: () => void): () => void {
    const watcher = { prefix, onChange }
    this.#prefixWatchers.add(watcher)
    return () => void this.#prefixWatchers.delete(watcher)
  }
}

function isSame(before: KvRow, row: Omit<KvRow, 'CreateIndex' | 'ModifyIndex'>): boolean {
  return (
    before.Value === row.Value &&
    before.Flags === row.Flags &&
    before.LockIndex === row.LockIndex &&
    before.Session === row.Session
  )
}
