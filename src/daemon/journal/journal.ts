import type { Clock, Timer } from '../../core/clock.ts'
import { publish } from '../../core/event.ts'
import type { LeaseJournal, LeaseRecord } from '../../discovery/store/claims.ts'
import type { Claim } from '../../discovery/store/owner.ts'
import type { Store } from '../../discovery/store/store.ts'
import type { Durability } from '../durability.ts'
import { JournalError } from '../errors.ts'
import type { JournalFile } from './journal-file.ts'
import { type JournalBatch, recordOf } from './journal-record.ts'
import type { Turn } from '../turn.ts'

/** What could not be written, and need not be undone, is tried again after this long. */
const RETRY_MS = 1_000

/** A commit waits for others to share it for at most so long after the commit before. */
const PAUSE_MS = 3

/** So many claims are written at a time when the file is written anew: a few milliseconds of work. */
const RENEWED_CLAIMS = 1_000

/** What a Journal works with. */
export interface JournalInit {
  readonly file: JournalFile
  readonly turn: Turn
  readonly clock: Clock
  /** Called when writing begins to fail, and with nothing when it works again. */
  readonly onHealth: (error?: JournalError) => void
}

/**
 * Keeps on disk what the Store must know after a restart. *Group commit*: what is written while the disk is busy with the commit before shares
 * the next one, and only when that is on the disk are those told who wait with `whenKept`. So the slower the disk, the more share a commit, and
 * the event loop goes on meanwhile. Where the disk is fast, a commit waits a little until as many wait for it as were seen to be at it, for they
 * are likely to come back; one who is alone waits for nobody.
 *
 * Where the disk refuses (full, gone), what cannot be kept is undone in the Store, and so is what was written since: an instance just
 * registered is taken out again, one just changed is as before. What was removed stays removed, what was marked draining stays so, and both
 * are written later; so is everything where the disk cannot even be read, for then nobody knows what was kept.
 */
export class Journal implements LeaseJournal, Durability {
  #init: JournalInit
  #store: Store | undefined
  #pending = new Set<Claim>()
  #waiting: ((error?: JournalError) => void)[] = []
  #retry: Timer | undefined
  #failing = false
  /** Whether the file does not know yet which data it has. */
  #isNew = true
  /** The commit that is under way. */
  #commit: Commit | undefined
  #commitTask = () => this.#beginInTime()
  /** How many may be expected to share the next commit: who waited for the last one, and who came meanwhile. */
  #expected = 0
  /** When it begins at the latest, once anybody waits. */
  #nextCommitAt = -Infinity
  #paced: Timer | undefined

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

  /** Writes what is left, and lets go of the file. What the disk does not take now is not undone: nobody was told that it is kept. */
  close(): void {
    const store = this.#store
    this.#store = undefined
    this.#retry?.cancel()
    this.#paced?.cancel()
    if (store) this.#commitNow(store)
    this.#init.file.close()
  }

  #note(claim: Claim): void {
    if (claim.owner.kind === 'vouched') return
    this.#pending.add(claim)
    this.#init.turn.at('commit', this.#commitTask)
  }

  /** At once when all who are expected wait, else when it is time. */
  #beginInTime(): void {
    if (!this.#store || this.#commit) return
    const { clock } = this.#init
    const pauseMs = this.#nextCommitAt - clock.now()
    if (pauseMs <= 0 || this.#waiting.length >= this.#expected) return this.#begin()
    this.#paced ??= clock.schedule(pauseMs, () => this.#begin())
  }

  #begin(): void {
    const store = this.#store
    this.#paced?.cancel()
    this.#paced = undefined
    if (!store || this.#commit) return
    const commit = this.#take()
    if (!this.#isNew && commit.claims.size === 0) return tell(commit)
    this.#commit = commit
    this.#init.file.write(batchOf(store, commit.claims), error => this.#end(store, error))
  }

  #commitNow(store: Store): void {
    const commit = this.#take()
    let error: JournalError | undefined
    try {
      this.#init.file.writeNow(batchOf(store, commit.claims))
    } catch (cause) {
      if (!(cause instanceof JournalError)) throw cause
      this.#tellHealth((error = cause))
    }
    tell(commit, error)
  }

  /** Everything that is not known to be kept, and everybody who waits for it. */
  #take(): Commit {
    const failed = this.#commit
    const commit = {
      claims: failed ? new Set([...failed.claims, ...this.#pending]) : this.#pending,
      waiting: failed ? [...failed.waiting, ...this.#waiting] : this.#waiting,
    }
    this.#pending = new Set()
    this.#waiting = []
    this.#commit = undefined
    return commit
  }

  #end(store: Store, error: JournalError | undefined): void {
    const commit = this.#commit
    if (!commit || store !== this.#store) return
    this.#tellHealth(error)
    if (error) {
      const failed = this.#take()
      this.#undo(store, failed.claims)
      return tell(failed, error)
    }
    this.#isNew = false
    this.#commit = undefined
    this.#expected = commit.waiting.length + this.#waiting.length
    this.#nextCommitAt = this.#init.clock.now() + PAUSE_MS
    if (this.#pending.size + this.#waiting.length > 0) this.#init.turn.at('commit', this.#commitTask)
    tell(commit)
    if (this.#init.file.isStale) void this.#renew(store)
  }

  #undo(store: Store, claims: ReadonlySet<Claim>): void {
    const kept = this.#kept(claims)
    for (const claim of claims) {
      const record = kept?.get(claim.number)
      if (record && !claim.gone) store.leases.revert(claim, record)
      if (!kept || record || claim.gone) this.#pending.add(claim)
      else store.leases.evict(claim, 'unstored')
    }
    this.#retry ??= this.#init.clock.schedule(RETRY_MS, () => {
      this.#retry = undefined
      this.#begin()
    })
  }

  /** What the disk has of these claims; undefined when it cannot be read. */
  #kept(claims: ReadonlySet<Claim>): ReadonlyMap<number, LeaseRecord> | undefined {
    try {
      return this.#init.file.kept(new Set(claims.values().map(claim => claim.number)))
    } catch (error) {
      if (error instanceof JournalError) return undefined
      throw error
    }
  }

  /** A file that cannot be written anew only grows, which is told. */
  async #renew(store: Store): Promise<void> {
    try {
      await this.#init.file.renew(batchesOf(store))
    } catch (error) {
      const { message } = error as JournalError
      publish('daemon', { level: 'warn', event: 'journal.grows', message, error })
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

/** Claims that are written together, and those who wait for that. */
interface Commit {
  readonly claims: ReadonlySet<Claim>
  readonly waiting: readonly ((error?: JournalError) => void)[]
}

function tell({ waiting }: Commit, error?: JournalError): void {
  for (const callback of waiting) callback(error)
}

function batchOf(store: Store, claims: Iterable<Claim>): JournalBatch {
  const put: LeaseRecord[] = []
  const removed: number[] = []
  for (const claim of claims) {
    if (claim.gone) removed.push(claim.number)
    else put.push(recordOf(claim))
  }
  return { put, removed, head: { epoch: store.epoch, revision: store.rosters.revision } }
}

/** All that is to be kept, some at a time, each as it is when its turn comes. */
function* batchesOf(store: Store): Generator<JournalBatch, void, void> {
  const owners = store.leases.owners()
  const claims = Array.from(owners, ({ kind, claims: held }) => (kind === 'vouched' ? [] : Array.from(held))).flat()
  yield batchOf(store, [])
  for (let at = 0; at < claims.length; at += RENEWED_CLAIMS) {
    const some = claims.slice(at, at + RENEWED_CLAIMS)
    yield batchOf(
      store,
      some.filter(claim => !claim.gone),
    )
  }
}
