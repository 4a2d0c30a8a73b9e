import { randomUUID } from 'node:crypto'
import { type Clock, systemClock } from '../../core/clock.ts'
import type { LeaseJournal, LeaseRecord } from './claims.ts'
import { Leases } from './leases.ts'
import type { StoreLimits } from './limits.ts'
import type { Memory } from './memory.ts'
import type { PreservationOptions } from './preservation.ts'
import { Rosters } from './rosters.ts'

/** What a Store begins with. All fields have defaults. */
export interface StoreOptions {
  clock?: Clock | undefined
  /** Names the data; another epoch says that earlier data are lost. Default: a new one. */
  epoch?: string | undefined
  /** Every revision will be above this one. Default 0. */
  revision?: number | undefined
  /** Whether what is absent is known to be gone; see `InstanceSet.settled`. Default true. */
  settled?: boolean | undefined
  /** How long the instances of a lost connection are kept, in milliseconds. Default 3,000. */
  graceMs?: number | undefined
  /** How much longer a drain waits for the sake of those who cannot acknowledge, in milliseconds. Default 1,000. */
  quietMs?: number | undefined
  /** What was known before a restart. Default: nothing. */
  records?: Iterable<LeaseRecord> | undefined
  /** Is told what must survive a restart. Default: nothing does. */
  journal?: LeaseJournal | undefined
  /** Keeps leases when very many lapse at once. Default: they lapse. */
  preservation?: PreservationOptions | undefined
  /** Lower limits than `STORE_LIMITS`. Default: those. */
  limits?: Partial<StoreLimits> | undefined
  /** Says when there is no memory for more. Default: never. */
  memory?: Memory | undefined
  /** Runs a task once, at the end of the turn; watchers are told in it. Default: as a microtask. */
  defer?: (task: () => void) => void
}

/**
 * The state of a registry, and nothing else: it does no input or output, knows no network, and time comes from its clock. What is written
 * goes to `leases`, what is read and watched comes from `rosters`. The memory registry is a thin face of it; the registry daemon adds
 * sessions, a journal and frontends.
 */
export class Store {
  readonly epoch: string
  /** The claims, and the signs of life of those who hold them. */
  readonly leases: Leases
  /** The services as their consumers see them. */
  readonly rosters: Rosters
  readonly graceMs: number

  constructor(options: StoreOptions = {}) {
    const { clock = systemClock, graceMs = 3_000, quietMs = 1_000, defer = queueMicrotask } = options
    const {
      epoch = randomUUID(),
      revision = 0,
      settled = true,
      records = [],
      journal,
      preservation,
      limits,
      memory,
    } = options
    this.epoch = epoch
    this.graceMs = graceMs
    this.rosters = new Rosters({ clock, revision, settled, graceMs, quietMs, defer, limits, memory })
    this.leases = new Leases({ clock, rosters: this.rosters, graceMs, journal, preservation })
    for (const record of records) this.leases.restore(record)
    if (this.leases.count > 0) this.rosters.awaitReturns()
  }

  /** Ends everything that time would still change; what is known can still be read. */
  close(): void {
    this.leases.close()
  }
}
