import type { Watcher } from './audience.ts'
import type { Roster } from './roster.ts'

/** What a RosterWatch is made of. There may be very many: what is the same for all of them is not made for each. */
export interface RosterWatchInit {
  readonly roster: Roster
  readonly watcher: Watcher
  /** How long a watcher whose connection was lost may go by what it was told last. */
  readonly graceMs: number
  /** Called once, when it has ended. */
  readonly onEnd: (roster: Roster) => void
}

/** The watch of one service, until one of `close` and `lose` is called. */
export class RosterWatch {
  readonly #init: RosterWatchInit
  #isOver = false

  constructor(init: RosterWatchInit) {
    this.#init = init
  }

  /** Tells that the watcher works with this revision, or a newer one, from now on. */
  acknowledge(revision: number): void {
    const { roster, watcher } = this.#init
    if (!this.#isOver) roster.audience.acknowledge(watcher, revision)
  }

  /** The watcher ended. Harmless a second time. */
  close(): void {
    if (this.#isOver) return
    const { roster, watcher } = this.#init
    roster.audience.leave(watcher)
    this.#end()
  }

  /** The watcher's connection was lost without goodbye, so it may still go by what it was told last. Harmless a second time. */
  lose(): void {
    if (this.#isOver) return
    const { roster, watcher, graceMs } = this.#init
    roster.audience.lose(watcher, graceMs)
    this.#end()
  }

  #end(): void {
    this.#isOver = true
    this.#init.onEnd(this.#init.roster)
  }
}
