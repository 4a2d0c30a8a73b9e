import type { DrainOptions, DrainReport } from '../../discovery/lease.ts'
import type { DepartureCause } from '../../discovery/store/change.ts'
import { Leases, type LeasesInit } from '../../discovery/store/leases.ts'
import type { Claim } from '../../discovery/store/owner.ts'
import { NotHeldHereError } from './errors.ts'
import type { Holdings } from './holdings.ts'

/** What is held through a front: its signs of life are seen to here, the rest is the backend's. */
export class FrontLeases extends Leases {
  readonly #holdings: Holdings

  constructor(init: Omit<LeasesInit, 'journal'>, holdings: Holdings) {
    super({ ...init, journal: holdings })
    this.#holdings = holdings
  }

  /** Those who watch are waited for by the backend: those at this front as well, for which it acknowledges there. */
  override async drain(claim: Claim, options: DrainOptions = {}): Promise<DrainReport> {
    await super.drain(claim, options)
    return this.#holdings.drain(claim, options)
  }

  /** Throws `NotHeldHereError` for what is read from the backend. */
  override evict(claim: Claim, cause: DepartureCause): void {
    const { serviceName, id } = claim.instance
    const held = this.find(serviceName, id)
    if (!held && !claim.gone) throw new NotHeldHereError(serviceName, id)
    if (held) super.evict(held, cause)
  }
}
