import type { Clock, Timer } from '../core/clock.ts'
import type { Random } from '../core/random.ts'
import type { Peer } from './peer.ts'

/** What Ejections need. */
export interface EjectionsOptions {
  clock: Clock
  random: Random
  /** How long a probe may take until it is known to have failed, in milliseconds. */
  probeMs: number
  /** Called when `ejected` of a Peer has changed. */
  onChange: (peer: Peer) => void
  /** Called when a Peer waits to be probed. */
  onProbe: () => void
}

/** Why a Peer is put aside: it could not be connected to, closes connections as they come, or takes requests and answers none. */
export type EjectionReason = 'unreachable' | 'disconnecting' | 'hanging'

/** How long a Peer is put aside the first time, and at most, in milliseconds. */
const DELAY_MS_MIN = 100
const DELAY_MS_MAX = 30_000

interface Ejection {
  readonly reason: EjectionReason
  readonly failures: number
  readonly delayMs: number
  timer: Timer
  /** Since when it waits to be probed; undefined while its time runs. */
  dueAt: number | undefined
  /** Whether a probe is under way. */
  probing: boolean
}

/**
 * Which Peers are put aside after failures of this caller's own, and when they are tried again. After its time is over an ejected Peer
 * is *probed* with one request; an answer lets it back in, another failure doubles its time:
 *
 *     delay = min(30 s, 100 ms · 2^failures) · (½ + ½ · random)
 *
 * No second probe goes out before the first must have failed, so that one that hangs costs a request at a time.
 * One that could not be connected to is back as soon as it can be, however long its answer takes then.
 * A request that may not be repeated is spared the probe of a Peer that hangs, unless no other has come for as long again.
 */
export class Ejections {
  readonly #options: EjectionsOptions
  readonly #ejections = new Map<Peer, Ejection>()
  #due = 0

  constructor(options: EjectionsOptions) {
    this.#options = options
  }

  /** Whether any Peer waits to be probed: ask before `takeProbe`. */
  get isProbeDue(): boolean {
    return this.#due > 0
  }

  /** Puts `peer` aside, or aside for longer when it failed its probe. Tells whether that is news. */
  eject(peer: Peer, reason: EjectionReason): boolean {
    const before = this.#ejections.get(peer)
    if (before && !before.probing) return false
    this.#remove(peer)
    this.#begin(peer, reason, before ? before.failures + 1 : 0)
    peer.ejected = true
    peer.ejectedAt = this.#options.clock.now()
    if (!before) this.#options.onChange(peer)
    return true
  }

  /** An attempt that began at `startedAt` was answered by `peer`, which is ejected. Tells whether that lets it back in. */
  answered(peer: Peer, startedAt: number): boolean {
    if (!this.#ejections.has(peer) || startedAt < peer.ejectedAt) return false
    this.pardon(peer)
    return true
  }

  /** A connection to `peer`, which is ejected, was made. Tells whether that lets it back in. */
  connected(peer: Peer): boolean {
    if (this.#ejections.get(peer)?.reason !== 'unreachable') return false
    this.pardon(peer)
    return true
  }

  /** Lets `peer` back in; nothing happens if it is not ejected. */
  pardon(peer: Peer): void {
    if (!this.#remove(peer)) return
    peer.ejected = false
    this.#options.onChange(peer)
  }

  /** Forgets all of `peer`, which drains or is gone: should it come back, it starts afresh. */
  forget(peer: Peer): void {
    this.#remove(peer)
    peer.ejected = false
  }

  /** The Peer that a request should probe, if one waits for that. */
  takeProbe(isRepeatable: () => boolean): Peer | undefined {
    const now = this.#options.clock.now()
    for (const [peer, ejection] of this.#ejections) {
      if (ejection.dueAt === undefined) continue
      const patienceIsOver = now - ejection.dueAt >= ejection.delayMs
      if (ejection.reason === 'hanging' && !patienceIsOver && !isRepeatable()) continue
      this.#probe(ejection)
      return peer
    }
    return undefined
  }

  /** The Peer that could not be connected to and waits to be tried again, for one who only wants to connect; if there is one. */
  takeUnreachable(): Peer | undefined {
    for (const [peer, ejection] of this.#ejections) {
      if (ejection.dueAt === undefined || ejection.reason !== 'unreachable') continue
      this.#probe(ejection)
      return peer
    }
    return undefined
  }

  /** Forgets all. */
  close(): void {
    for (const peer of this.#ejections.keys()) this.#remove(peer)
  }

  #begin(peer: Peer, reason: EjectionReason, failures: number): void {
    const { clock, random } = this.#options
    const delayMs = Math.min(DELAY_MS_MAX, DELAY_MS_MIN * 2 ** failures) * (0.5 + random.next() / 2)
    const ejection: Ejection = {
      reason,
      failures,
      delayMs,
      timer: clock.schedule(delayMs, () => this.#fallDue(ejection)),
      dueAt: undefined,
      probing: false,
    }
    this.#ejections.set(peer, ejection)
  }

  #fallDue(ejection: Ejection): void {
    ejection.dueAt = this.#options.clock.now()
    this.#due++
    this.#options.onProbe()
  }

  /** A probe that comes to nothing, because its caller gave up, is followed by another: when it would have failed, or there would be many on the way. */
  #probe(ejection: Ejection): void {
    const { clock, probeMs } = this.#options
    ejection.probing = true
    ejection.dueAt = undefined
    this.#due--
    ejection.timer = clock.schedule(Math.max(ejection.delayMs, probeMs), () => this.#fallDue(ejection))
  }

  #remove(peer: Peer): boolean {
    const ejection = this.#ejections.get(peer)
    if (!ejection) return false
    ejection.timer.cancel()
    if (ejection.dueAt !== undefined) this.#due--
    return this.#ejections.delete(peer)
  }
}
