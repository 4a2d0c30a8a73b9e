import type { Clock } from '../../src/core/clock.ts'
import type { LeaseRecord } from '../../src/discovery/store/claims.ts'
import { Store } from '../../src/discovery/store/store.ts'

/** How long a server that came back empty does not vouch for its sets, and how long lost connections may take to come back. */
export const GRACE_MS = 3000

/** A registry server: a Store that can stop and start, with its data or without. */
export class SimulatedServer {
  readonly links = new Set<{ refresh(): void }>()
  readonly #clock: Clock
  #records: LeaseRecord[] = []
  #revision = 0
  store: Store | undefined
  /** Since when it is up; undefined while it is not. */
  upSince: number | undefined

  constructor(clock: Clock) {
    this.#clock = clock
    this.store = new Store({ clock, graceMs: GRACE_MS })
    this.upSince = clock.now()
  }

  /** Is killed: its data are what had been written until now. */
  stop(): void {
    const { store } = this
    if (!store) return
    this.#records = [...store.leases.owners()].flatMap(({ claims, ...owner }) =>
      Array.from(claims, ({ drainRevision, ...claim }) => ({ ...claim, owner, draining: drainRevision > 0 })),
    )
    this.#revision = store.rosters.revision
    store.close()
    this.store = undefined
    this.upSince = undefined
    this.#tellLinks()
  }

  start({ empty }: { empty: boolean }): void {
    const data = empty
      ? { revision: this.#revision + 1000, settled: false }
      : { revision: this.#revision, records: this.#records }
    const store = new Store({ clock: this.#clock, graceMs: GRACE_MS, ...data })
    if (empty) this.#clock.schedule(GRACE_MS, () => store.rosters.settle())
    this.store = store
    this.upSince = this.#clock.now()
    this.#tellLinks()
  }

  #tellLinks(): void {
    for (const link of this.links) link.refresh()
  }
}
