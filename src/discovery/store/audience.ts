import type { Clock } from '../../core/clock.ts'
import type { DrainReport } from '../lease.ts'
import { Drain, type DrainInit } from './drain.ts'

/** How long a read without a watch counts at least: who polled within this time will be given the quiet period of a drain. */
const POLL_MS = 30_000

/** What a watcher has to say of itself. */
export interface WatchInit {
  /** Who it is, for the report of a drain that waited for it in vain. */
  readonly name: string
  /** Whether it will tell by `acknowledge` which revision it works with. */
  readonly acknowledges: boolean
  /** The revision it works with already, when it resumes. Default: none, it will begin with the present one. */
  readonly revision?: number
  /** Called once per turn in which something changed. What changed is asked for by `Rosters.set` and `Rosters.delta`, when there is room. */
  readonly onChange: () => void
}

/** One who watches the roster of one service. */
export interface Watcher extends WatchInit {
  /** The newest revision it works with; one that has not begun yet counts as working with what it is about to get. */
  acknowledged: number
}

/**
 * Those who watch one service, and the drains that wait for them. A drain waits for every watcher that acknowledges until it works
 * with the draining mark, and in addition for a quiet period if there is anybody who cannot tell: a watcher that does not
 * acknowledge, one whose connection was lost without goodbye a short while ago (it may still run, with its last set), somebody who polls.
 * A watcher that is merely silent, such as a stopped process, is waited for to the limit and then named.
 */
export class Audience {
  #clock: Clock
  #watchers = new Set<Watcher>()
  #drains = new Set<Drain>()
  /** Until when somebody is believed to use this service without telling. */
  #deafUntil = -Infinity
  /** How long those may go by what they read who ask for a longer quiet period, and until when there is one of them. */
  #slowMs = 0
  #slowUntil = -Infinity

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Whether nobody watches and nothing waits. */
  get idle(): boolean {
    return this.#watchers.size === 0 && this.#drains.size === 0
  }

  get watchers(): ReadonlySet<Watcher> {
    return this.#watchers
  }

  join(init: WatchInit, revision: number): Watcher {
    const watcher = { ...init, acknowledged: init.revision ?? revision }
    this.#watchers.add(watcher)
    for (const drain of this.#drains) drain.joined(watcher)
    return watcher
  }

  acknowledge(watcher: Watcher, revision: number): void {
    if (revision <= watcher.acknowledged) return
    watcher.acknowledged = revision
    for (const drain of this.#drains) drain.acknowledged(watcher)
  }

  /** The watcher ended by itself: it uses nothing any more. */
  leave(watcher: Watcher): void {
    if (!this.#watchers.delete(watcher)) return
    for (const drain of this.#drains) drain.left(watcher)
  }

  /** The watcher's connection was lost: it may go on with what it knows for another `graceMs`, and cannot tell. */
  lose(watcher: Watcher, graceMs: number): void {
    if (!this.#watchers.has(watcher)) return
    this.#noteDeaf(graceMs)
    this.leave(watcher)
  }

  /**
   * Somebody has read the roster without watching it, and may go by that for `quietMs`, if that is longer than the usual quiet period; so long it is
   * counted with, or for half a minute if that is longer. What it read is the present, so a drain that waits already need not wait anew.
   */
  polled(quietMs = 0): void {
    const now = this.#clock.now()
    const countedMs = Math.max(POLL_MS, quietMs)
    this.#deafFor(countedMs)
    if (now > this.#slowUntil) this.#slowMs = 0
    if (quietMs < this.#slowMs || quietMs === 0) return
    this.#slowMs = quietMs
    this.#slowUntil = now + countedMs
  }

  /**
   * Waits until everybody works with the draining mark of `revision`, and no less than `awaitMs` for those who may yet come back. Rejects
   * with the reason of `signal`.
   */
  async drain({ awaitMs = 0, ...init }: DrainInit & { awaitMs?: number }): Promise<DrainReport> {
    const drain = new Drain(this.#clock, init)
    this.#drains.add(drain)
    try {
      return await drain.wait(
        this.#watchers,
        Math.max(awaitMs, this.#hasDeaf() ? init.quietMs : 0, this.#slowQuietMs()),
      )
    } finally {
      this.#drains.delete(drain)
    }
  }

  #noteDeaf(forMs: number): void {
    this.#deafFor(forMs)
    for (const drain of this.#drains) drain.deaf()
  }

  #deafFor(forMs: number): void {
    this.#deafUntil = Math.max(this.#deafUntil, this.#clock.now() + forMs)
  }

  #slowQuietMs(): number {
    return this.#slowUntil > this.#clock.now() ? this.#slowMs : 0
  }

  #hasDeaf(): boolean {
    return this.#deafUntil > this.#clock.now() || this.#watchers.values().some(watcher => !watcher.acknowledges)
  }
}
