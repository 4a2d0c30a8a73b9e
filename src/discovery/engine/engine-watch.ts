import type { Abortable } from '../../core/abort.ts'
import { Latest } from '../../core/latest.ts'
import { GrowingRevision } from '../growing-revision.ts'
import type { Instance } from '../instance.ts'
import type { InstanceSet } from '../instance-set.ts'
import { Settling } from '../settling.ts'
import type { Engine, EngineCall, EngineSet } from './engine.ts'
import type { EngineEpochs } from './engine-epochs.ts'
import { Follower, type FollowerContext } from './follower.ts'
import { Freshness } from './freshness.ts'
import type { ReaderNote } from './reader-note.ts'
import { differenceOf, type SetDifference } from './set-difference.ts'

/** What an EngineWatch needs. */
export interface EngineWatchOptions {
  readonly serviceName: string
  readonly engine: Engine
  readonly context: FollowerContext
  readonly epochs: EngineEpochs
  /** Undefined where the engine takes none. */
  readonly note: ReaderNote | undefined
  /** Hears what is there no more. */
  readonly onGone: (gone: readonly Instance[]) => void
  /** Called when the last reader has left. */
  readonly onIdle: () => void
}

/** Somebody who reads: `revision` is that of the newest set shown to it that it has gone on from. */
interface Reader {
  revision: number
}

/**
 * One service of an engine followed once, and read by any number in this process. Readers get a set when it is another one, or worth
 * more or less than before; while the engine is lost they have the last one, marked `stale`. What all readers have gone on from goes in
 * the note of this process, but only while a drain may wait for it, so that a change costs no write.
 */
export class EngineWatch {
  readonly #options: EngineWatchOptions
  readonly #sets = new Latest<InstanceSet>()
  readonly #readers = new Set<Reader>()
  readonly #revision = new GrowingRevision()
  readonly #stopping = new AbortController()
  readonly #follower: Follower<EngineSet>
  readonly #freshness: Freshness
  readonly #running: Promise<void>
  readonly #settling: Settling
  /** What the engine told last. */
  #told: EngineSet | undefined
  /** Counts the times that the revisions of one epoch did not grow with the state, which begins an epoch for the readers. */
  #breaks = 0
  /** The newest revision, of the engine, that a drain may wait for. */
  #awaited = 0
  /** Whether the next set is the first since it was opened. */
  #isFirst = true

  constructor(options: EngineWatchOptions, after: Promise<unknown>) {
    this.#options = options
    const { context, epochs } = options
    this.#settling = new Settling({
      clock: context.clock,
      unsettledMs: () => epochs.unsettledMs,
      onSettled: () => this.#settle(),
    })
    this.#follower = this.#makeFollower()
    this.#freshness = new Freshness({ clock: context.clock, reopen: () => this.#follower.reopen() })
    this.#running = after.then(() => this.#follow())
  }

  /** Resolves when nothing of it is under way any more. */
  get ended(): Promise<void> {
    return this.#running
  }

  /** Ends every reader with `error`. */
  close(error: Error): void {
    this.#stop()
    this.#freshness.close(error)
    this.#sets.close(error)
  }

  /** This process has written: who reads from now on is shown it from the first set on. See `EngineClaim.take` for the revision. */
  wrote(revision: number): void {
    this.#freshness.wrote(revision)
  }

  /** The newest set, as soon as there is one that shows what this process has written, then each newer one; reading on acknowledges. */
  async *read({ signal }: Abortable): AsyncGenerator<InstanceSet, void, void> {
    // Who comes now has never seen an older set than the present one.
    const reader: Reader = { revision: this.#sets.value?.revision ?? 0 }
    this.#readers.add(reader)
    try {
      await this.#freshness.reached({ signal })
      for await (const set of this.#sets.read({ signal })) {
        yield set
        reader.revision = set.revision
        this.#acknowledge()
      }
    } finally {
      this.#readers.delete(reader)
      if (this.#readers.size > 0) this.#acknowledge()
      else this.#leave()
    }
  }

  #makeFollower(): Follower<EngineSet> {
    const { engine, serviceName, context } = this.#options
    return new Follower({
      context,
      prepare: call => this.#prepare(call),
      open: call => engine.follow(serviceName, call),
      accept: set => this.#accept(set),
      lose: () => this.#lose(),
    })
  }

  async #follow(): Promise<void> {
    await this.#follower.run(this.#stopping.signal)
    await this.#options.note?.remove()
  }

  /** What is said until the first set is 0: the data may be other data by now, with other revisions. */
  async #prepare(call: EngineCall): Promise<void> {
    this.#isFirst = true
    await this.#options.note?.open(call)
    this.#freshness.opening()
  }

  #accept(set: EngineSet): void {
    const { epochs, note, onGone } = this.#options
    const before = this.#told
    epochs.saw(set.epoch)
    const isNewEpoch = set.epoch !== before?.epoch
    if (!isNewEpoch && set.revision < before.revision) return this.#freshness.told(before.revision)
    const difference = differenceOf(before?.instances ?? [], set.instances)
    this.#told = set
    if (isNewEpoch && !this.#isFirst) note?.set(0)
    this.#show(set, before, difference)
    this.#freshness.told(set.revision)
    if (this.#isAwaited(set, before, difference)) this.#awaited = set.revision
    else if (isNewEpoch) this.#awaited = 0
    this.#isFirst = false
    if (before && difference.gone.length > 0) onGone(difference.gone)
    this.#acknowledge()
  }

  /** Gives readers what the engine told, if it is news. */
  #show(set: EngineSet, before: EngineSet | undefined, { put, gone }: SetDifference): void {
    const shown = this.#sets.value
    const isChange = set.epoch !== before?.epoch || set.known !== before.known || put.length + gone.length > 0
    if (!isChange && shown && !shown.stale) return
    if (isChange && set.epoch === before?.epoch && set.revision === before.revision) this.#breaks++
    const { serviceName } = this.#options
    const revision =
      shown && !isChange ? shown.revision : this.#revision.shown(set.revision, `${this.#breaks} ${set.epoch}`)
    const { known, instances } = set
    const settled = this.#settling.look()
    this.#sets.set(Object.freeze({ serviceName, revision, instances, known, settled, ageMs: 0, stale: false }))
  }

  /** Shows the newest set again, settled. */
  #settle(): void {
    const shown = this.#sets.value
    if (!shown || shown.stale) return
    this.#sets.set(Object.freeze({ ...shown, settled: true }))
  }

  #lose(): void {
    this.#freshness.lost()
    const shown = this.#sets.value
    if (!shown || shown.stale) return
    this.#options.epochs.lost()
    this.#sets.set(Object.freeze({ ...shown, stale: true }))
  }

  /** Whether somebody began to drain with this set or, unseen, before it; or the note has yet to be written since it was opened. */
  #isAwaited(set: EngineSet, before: EngineSet | undefined, { put }: SetDifference): boolean {
    if (put.some(isDraining)) return true
    const isUnseen = this.#isFirst || (put.length === 0 && set.revision !== before?.revision)
    return isUnseen && set.instances.some(isDraining)
  }

  #acknowledge(): void {
    const { note } = this.#options
    if (!note || note.revision >= this.#awaited) return
    const revision = this.#acknowledged()
    if (revision > note.revision) note.set(revision)
  }

  /** The revision of the engine that every reader works with; 0 if there is none in this epoch. */
  #acknowledged(): number {
    const shown = this.#sets.value
    if (!this.#told || !shown) return 0
    let revision = shown.revision
    for (const reader of this.#readers) revision = Math.min(revision, reader.revision)
    return revision === shown.revision ? this.#told.revision : this.#revision.told(revision)
  }

  #leave(): void {
    this.#stop()
    this.#options.onIdle()
  }

  #stop(): void {
    this.#settling.cancel()
    this.#stopping.abort()
  }
}

function isDraining({ status }: Instance): boolean {
  return status === 'draining'
}
