import type { Clock, Timer } from '../core/clock.ts'
import { publish } from '../core/event.ts'
import type { LeaseJournal, LeaseRecord } from '../discovery/store/claims.ts'
import type { Claim } from '../discovery/store/owner.ts'
import type { Store } from '../discovery/store/store.ts'
import type { Durability } from './durability.ts'
import { JournalError } from './errors.ts'
import type { JournalFile } from './journal-file.ts'
import type { Turn } from './turn.ts'

/** What could not be written, and need not be undone, is tried again after this long. */
const RETRY_MS = 1_000

/** Between two commits that several share there is at least this much time. */
const PAUSE_MS_MIN = 1

/** What a Journal works with. */
export interface JournalInit {
  readonly file: JournalFile
  readonly turn: Turn
  readonly clock: Clock
  /** Called when writing begins to fail, and with nothing when it works again. */
  readonly onHealth: (error?: JournalError) => void
}

/**
 * Keeps on disk what the Store must know after a restart. *Group commit*: everything written in one turn of the event loop is one
 * transaction, and only when that is on the disk are those told who wait with `whenKept`. When several wait, commits take at most half of
 * the time: those who come while the disk is busy share the next one, and the slower the disk, the more of them.
 *
 * Where the disk refuses (full, gone), what cannot be kept is undone in the Store: an instance just registered is taken out again, one just
 * changed is as before. What was removed stays removed, what was marked draining stays so, and both are written later; so is everything
 * where the disk cannot even be read, for then nobody knows what was kept.
 */
export class Journal implements LeaseJournal, Durability {
  #init: JournalInit
  #store: Store | undefined
  #pending = new Set<Claim>()
  #waiting: ((error?: JournalError) => void)[] = []
  #retry: Timer | undefined
  #failing = false
  /** When several may share a commit again. */
  #nextCommitAt = -Infinity
  #paced: Timer | undefined
  #commitTask = () => this.#commitInTime()

  constructor(init: JournalInit) {
    this.#init = init
  }

  /** Begins to keep `store`. Call it once, when what the file had is in the Store. */
  attach(store: Store): void {
    this.#store = store
    this.#init.turn.at('commit', this.#commitTask)
  }

  written(claim: Claim): void {
    this.#note(claim)
  }

  removed(claim: Claim): void {
    this.#note(claim)
  }

  whenKept(callback: (error?: JournalError) => void): void {
    this.#waiting.push(callback)
    this.#init.turn.at('commit', this.#commitTask)
  }

  /** Writes now what waits to be written. Never throws. */
  commit(): void {
    if (!this.#store) return
    this.#paced?.cancel()
    this.#paced = undefined
    const claims = [...this.#pending]
    const waiting = this.#waiting
    this.#pending = new Set()
    this.#waiting = []
    const beganAt = this.#init.clock.now()
    const error = this.#write(this.#store, claims)
    const endedAt = this.#init.clock.now()
    this.#nextCommitAt = endedAt + Math.max(PAUSE_MS_MIN, endedAt - beganAt)
    for (const callback of waiting) callback(error)
  }

  /** Writes what is left, and lets go of the file. */
  close(): void {
    this.commit()
    this.#retry?.cancel()
    this.#store = undefined
    this.#init.file.close()
  }

  /** Commits at once for one who waits alone; for several not before their time, so that more can share it. */
  #commitInTime(): void {
    const { clock } = this.#init
    const pauseMs = this.#nextCommitAt - clock.now()
    if (pauseMs <= 0 || this.#waiting.length <= 1) this.commit()
    else this.#paced ??= clock.schedule(pauseMs, () => this.commit())
  }

  #note(claim: Claim): void {
    if (claim.owner.kind === 'vouched') return
    this.#pending.add(claim)
    this.#init.turn.at('commit', this.#commitTask)
  }

  #write(store: Store, claims: readonly Claim[]): JournalError | undefined {
    try {
      this.#init.file.write({
        put: claims.filter(claim => !claim.gone).map(record),
        removed: claims.filter(claim => claim.gone).map(claim => claim.number),
        head: { epoch: store.epoch, revision: store.rosters.revision },
      })
      this.#tellHealth()
      return undefined
    } catch (error) {
      if (!(error instanceof JournalError)) throw error
      this.#tellHealth(error)
      this.#undo(store, claims)
      return error
    }
  }

  #undo(store: Store, claims: readonly Claim[]): void {
    for (const claim of claims) {
      const kept = this.#kept(claim)
      if (typeof kept === 'object' && !claim.gone) store.leases.revert(claim, kept)
      if (kept || claim.gone) this.#pending.add(claim)
      else store.leases.evict(claim, 'unstored')
    }
    this.#retry ??= this.#init.clock.schedule(RETRY_MS, () => {
      this.#retry = undefined
      this.commit()
    })
  }

  #kept({ number }: Claim): LeaseRecord | 'unreadable' | undefined {
    try {
      return this.#init.file.claim(number)
    } catch (error) {
      if (error instanceof JournalError) return 'unreadable'
      throw error
    }
  }

  #tellHealth(error?: JournalError): void {
    const failing = error !== undefined
    if (failing === this.#failing) return
    this.#failing = failing
    this.#init.onHealth(error)
    const message = error?.message ?? `${this.#init.file.path} is written again`
    publish('daemon', { level: failing ? 'error' : 'info', event: 'journal.health', message, failing, error })
  }
}

function record({ number, owner: { id, name, kind }, instance, ttlMs, drainRevision }: Claim): LeaseRecord {
  return { number, owner: { id, name, kind }, instance, ttlMs, draining: drainRevision > 0 }
}
