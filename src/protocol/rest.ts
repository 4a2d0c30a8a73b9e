import type { Instance, InstanceInit, InstanceStatus } from '../discovery/instance.ts'
import type { InstanceSet } from '../discovery/instance-set.ts'
import type { InstanceChanges } from '../discovery/lease.ts'
import type { PreservationState } from '../discovery/store/preservation.ts'

/** What every path of the REST API begins with. */
export const REST_PATH = '/api/v1'

/** The request header that proves who holds a lease made by REST: the `lease` of the answer to its registration. */
export const LEASE_HEADER = 'ropewalk-lease'

/** Of a read from which was left out what who asks may not read. */
export interface Filtered {
  readonly filtered?: true
}

/** Says whether something was left out, to be spread into an answer. */
export function filtered(isFiltered: boolean): Filtered {
  return isFiltered ? { filtered: true } : {}
}

/** The answer to `GET /services`. */
export interface ServicesAnswer extends Filtered {
  readonly epoch: string
  /** Of the whole registry. */
  readonly revision: number
  /** In the order of their names. */
  readonly services: readonly ServiceSummary[]
}

/** One service in a list. */
export interface ServiceSummary {
  readonly serviceName: string
  readonly revision: number
  /** How many instances there are, of each status there is. */
  readonly statuses: Readonly<Partial<Record<InstanceStatus, number>>>
}

/** The answer to `GET /services/:name`, and what its watch sends. */
export interface SetAnswer extends Pick<InstanceSet, 'serviceName' | 'revision' | 'known' | 'settled' | 'instances'> {
  readonly epoch: string
  /** Whether this daemon is a front, and cannot reach the registry behind it. False if absent. */
  readonly stale?: boolean
}

/** The body of `PUT /services/:name/instances/:id`. */
export interface RegistrationBody extends Omit<InstanceInit, 'serviceName' | 'id' | 'status'> {
  /** Default 15,000. */
  readonly ttlMs?: number
}

/** The answer to it. */
export interface RegistrationAnswer {
  /** To be sent as `Ropewalk-Lease` with everything that concerns this instance. A secret. */
  readonly lease: string
  /** Renew within this time, in milliseconds, better at a third of it. */
  readonly ttlMs: number
  readonly instance: Instance
}

/** The answer to `POST /services/:name/instances/:id/renew`. */
export interface RenewalAnswer {
  readonly ttlMs: number
}

/** The body of `PATCH /services/:name/instances/:id`; the answer is the Instance. */
export type ChangesBody = InstanceChanges

/** The body of `POST /services/:name/instances/:id/drain`, which may be left out; the answer is a `DrainReport`. */
export interface DrainBody {
  /** The longest wait, in milliseconds. Default 5,000. */
  readonly drainMs?: number
}

/** The answer to `GET /instances?id=…`: the instances of that id in all services. */
export interface InstancesAnswer extends Filtered {
  readonly instances: readonly Instance[]
}

/** The answer to `GET /services/:name/watchers`. */
export interface WatchersAnswer {
  readonly serviceName: string
  readonly revision: number
  readonly watchers: readonly WatcherSummary[]
}

/** One who watches a service. */
export interface WatcherSummary {
  readonly name: string
  /** Whether it tells which revision it works with. */
  readonly acknowledges: boolean
  /** The revision it works with. */
  readonly acknowledged: number
}

/** The answer to `GET /services/:name/history`. */
export interface HistoryAnswer {
  readonly serviceName: string
  /** The oldest first. */
  readonly changes: readonly HistoryEntry[]
}

/** One thing that happened to one instance. */
export interface HistoryEntry {
  readonly revision: number
  readonly id: string
  /** What happened: `joined`, `updated`, `suspect`, `revoked`, …; see docs/reference/wire.md. */
  readonly kind: string
  /** When, in milliseconds since 1970. */
  readonly at: number
  /** Who held the instance then. */
  readonly holder: string
}

/** The answer to `GET /status`. */
export interface StatusAnswer extends Filtered {
  readonly protocol: number
  readonly epoch: string
  readonly revision: number
  readonly settled: boolean
  readonly graceMs: number
  readonly services: number
  readonly instances: number
  /** Those who hold instances or are connected. */
  readonly owners: readonly OwnerSummary[]
  readonly uptimeMs: number
  /** How it is with leases that should lapse; absent where none is kept. */
  readonly preservation?: PreservationState
  /** Of a front: what is behind it. */
  readonly backend?: BackendSummary
}

/** The registry behind a front. */
export interface BackendSummary {
  /** Without secrets. */
  readonly url: string
  readonly reached: boolean
  /** How many services are followed there just now. */
  readonly followed: number
}

/** One who holds instances. */
export interface OwnerSummary {
  readonly name: string
  /** `connected`, `disconnected`, `timed` or `unconfirmed`. */
  readonly presence: string
  readonly instances: number
}

/** The body of every answer that is an error. */
export interface ErrorAnswer {
  readonly error: { readonly code: string; readonly message: string }
}
