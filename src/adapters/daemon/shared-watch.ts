import type { Abortable } from '../../core/abort.ts'
import type { Clock, Timer } from '../../core/clock.ts'
import { Latest } from '../../core/latest.ts'
import type { Instance, InstanceStatus } from '../../discovery/instance.ts'
import type { InstanceSet } from '../../discovery/instance-set.ts'
import type { AcknowledgeMessage, WatchMessage } from '../../protocol/client-message.ts'
import type { DeltaMessage, SetMessage } from '../../protocol/server-message.ts'
import { fromWireInstance } from '../../protocol/wire-instance.ts'
import { applyDelta } from './apply-delta.ts'
import type { Doubt } from './doubt.ts'
import { GrowingRevision } from '../../discovery/growing-revision.ts'
import { Settling } from '../../discovery/settling.ts'
import type { Outgoing } from './outbox.ts'

/** What no drain can wait for is acknowledged within this time, in milliseconds: once, whatever has changed in it. */
const ACKNOWLEDGE_MS = 1_000

/** What a SharedWatch needs. */
export interface SharedWatchOptions {
  readonly serviceName: string
  readonly clock: Clock
  readonly doubt: Pick<Doubt, 'leftMs'>
  /** Tells the daemon, if there is a connection. */
  readonly post: (message: Outgoing) => void
  /** Called when the last reader has left. */
  readonly onIdle: () => void
}

/**
 * One watch of one service at the daemon, read by any number in this process. Keeps the set up to date by the daemon's differences
 * (sharing what did not change) and asks for the whole when one does not fit. Acknowledges a revision to the daemon when *all* readers
 * have gone on to it: at once where a drain may wait for that, else within a second, so that a service that changes all the time does not
 * cost a message per change and consumer. While there is no connection, readers have the last set once more, marked `stale`. While there is doubt
 * about what is absent, no set is settled.
 */
export class SharedWatch {
  readonly #options: SharedWatchOptions
  readonly #sets = new Latest<InstanceSet>()
  readonly #readers = new Set<Reader>()
  readonly #revision = new GrowingRevision()
  readonly #settling: Settling
  /** The epoch of the connection that is open; undefined while there is none. */
  #epoch: string | undefined
  /** The epoch of the newest set. */
  #setEpoch: string | undefined
  /** Whether the daemon vouches for the newest set. */
  #isVouched = false
  /** The revision last acknowledged on this connection. */
  #acknowledged = 0
  /** The newest revision that a drain may wait for. */
  #awaited = 0
  /** Acknowledges what nobody waits for. */
  #later: Timer | undefined
  /** Whether the next frame will acknowledge what there is to acknowledge. */
  #acknowledging = false
  /** Whether it was asked again because a difference did not fit. */
  #asked = false

  constructor(options: SharedWatchOptions) {
    this.#options = options
    const { clock, doubt } = options
    this.#settling = new Settling({ clock, unsettledMs: () => doubt.leftMs, onSettled: () => this.#settle() })
  }

  /** Whether there is anything to go on with. */
  get hasSet(): boolean {
    return this.#set !== undefined
  }

  /** A connection is open: asks to go on from where this stands. */
  open(epoch: string): void {
    this.#epoch = epoch
    this.#asked = false
    this.#acknowledging = false
    this.#acknowledged = this.#readersRevision()
    this.#options.post(this.#question())
  }

  /** The connection is lost. */
  lose(): void {
    this.#epoch = undefined
    if (this.#set) this.#sets.set(Object.freeze({ ...this.#set, stale: true }))
  }

  replace({ instances, ...said }: SetMessage): void {
    const { serviceName } = this.#options
    this.#asked = false
    let latest: Instance | undefined
    const made = instances.map(wire => (latest = fromWireInstance(serviceName, wire, latest)))
    this.#publish({ ...said, instances: made })
    this.#awaited = this.#set?.revision ?? 0
  }

  change(delta: DeltaMessage): void {
    const fits = this.#setEpoch === this.#epoch && delta.from === this.#told(this.#set)
    if (!this.#set || !fits) return this.#askAgain()
    this.#asked = false
    const { to, known, settled, stale = false } = delta
    this.#publish({ revision: to, known, settled, stale, instances: applyDelta(this.#set.instances, delta) })
    if (marksDraining(delta)) this.#awaited = this.#set.revision
  }

  /** Ends every reader with `error`. */
  close(error: Error): void {
    this.#epoch = undefined
    this.#later?.cancel()
    this.#settling.cancel()
    this.#sets.close(error)
  }

  /** The newest set at once, if there is one, then each newer one; reading on acknowledges. */
  read({ signal }: Abortable): AsyncGenerator<InstanceSet, void, void> {
    // Who comes now has never seen an older set than the present one.
    const reader: Reader = { revision: this.#set?.revision ?? 0 }
    this.#readers.add(reader)
    return this.#sets.read({
      signal,
      // What was lost and came back while the reader was busy is no news.
      isSame: isAsGood,
      onDealtWith: ({ revision }) => {
        reader.revision = revision
        this.#acknowledgeSoon()
      },
      onEnd: () => this.#leave(reader),
    })
  }

  get #set(): InstanceSet | undefined {
    return this.#sets.value
  }

  #publish({ revision, known, settled, stale = false, instances }: Told): void {
    const { serviceName } = this.#options
    const shown = this.#revision.shown(revision, this.#epoch)
    // A copy of the last set, not a literal: those V8 takes for long-lived where there are many watches, and their lists with them, and that is dear to collect.
    const former = this.#set ?? { serviceName, revision: shown, instances, known, settled, ageMs: 0, stale }
    this.#setEpoch = this.#epoch
    this.#isVouched = settled
    Object.freeze(instances)
    const isSure = this.#settling.look() && settled
    this.#sets.set(Object.freeze({ ...former, revision: shown, instances, known, settled: isSure, stale }))
  }

  /** Shows the newest set again, as the daemon vouches for it. */
  #settle(): void {
    const shown = this.#set
    if (!shown || shown.stale || shown.settled === this.#isVouched) return
    this.#sets.set(Object.freeze({ ...shown, settled: this.#isVouched }))
  }

  /** What the daemon calls the revision of a set. */
  #told(set: InstanceSet | undefined): number | undefined {
    return set && this.#revision.told(set.revision)
  }

  /** A difference that does not fit: something was missed. Those that were on their way meanwhile do not fit either. */
  #askAgain(): void {
    if (this.#asked) return
    this.#asked = true
    this.#options.post(this.#question())
  }

  /** Says what is held here, of whichever epoch: the daemon knows whether it can go on from there. */
  #question(): WatchMessage {
    const question: WatchMessage = { type: 'watch', service: this.#options.serviceName }
    const revision = this.#told(this.#set)
    if (revision === undefined || this.#setEpoch === undefined) return question
    return { ...question, epoch: this.#setEpoch, revision, acknowledged: this.#revision.told(this.#acknowledged) }
  }

  #leave(reader: Reader): void {
    this.#readers.delete(reader)
    if (this.#readers.size > 0) return this.#acknowledgeSoon()
    this.#later?.cancel()
    this.#settling.cancel()
    this.#options.onIdle()
  }

  /** While there is no connection there is nothing to say: the next one begins with what is acknowledged then. */
  #acknowledgeSoon(): void {
    if (this.#epoch === undefined) return
    if (this.#acknowledged < this.#awaited) return this.#acknowledgeNow()
    this.#later ??= this.#options.clock.schedule(ACKNOWLEDGE_MS, () => {
      this.#later = undefined
      this.#acknowledgeNow()
    })
  }

  /** Left to the moment the frame is sent, so that a thousand readers who go on in one turn cost one look and one message. */
  #acknowledgeNow(): void {
    if (this.#acknowledging) return
    this.#acknowledging = true
    this.#options.post(() => this.#acknowledgement())
  }

  #acknowledgement(): AcknowledgeMessage | undefined {
    this.#acknowledging = false
    const revision = this.#readersRevision()
    if (revision <= this.#acknowledged || this.#setEpoch !== this.#epoch) return undefined
    this.#acknowledged = revision
    return { type: 'ack', service: this.#options.serviceName, revision: this.#revision.told(revision) }
  }

  /** The revision that every reader works with, or a newer one. */
  #readersRevision(): number {
    let revision = Number.POSITIVE_INFINITY
    for (const reader of this.#readers) revision = Math.min(revision, reader.revision)
    return Number.isFinite(revision) ? revision : 0
  }
}

/** What the daemon says of the service, with the instances whole. */
type Told = Pick<SetMessage, 'revision' | 'known' | 'settled' | 'stale'> & Pick<InstanceSet, 'instances'>

/** Whether a set says nothing that another one did not. */
function isAsGood(set: InstanceSet, other: InstanceSet): boolean {
  const { revision, known, settled, stale } = other
  return set.revision === revision && set.known === known && set.settled === settled && set.stale === stale
}

/** Whether a drain may wait for those who learn of this. */
function marksDraining({ put = [], changed = [] }: DeltaMessage): boolean {
  return put.some(isDraining) || changed.some(isDraining)
}

function isDraining({ status }: { status?: InstanceStatus }): boolean {
  return status === 'draining'
}

/** Somebody who reads: `revision` is the newest set it has gone on from. */
interface Reader {
  revision: number
}
