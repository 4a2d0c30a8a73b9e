import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Claim, Owner } from '../../discovery/store/owner.ts'
import type { Store } from '../../discovery/store/store.ts'
import { LEASE_HEADER } from '../../protocol/rest.ts'
import { BadRequestError } from '../../web/errors.ts'
import type { Identity } from '../access/access.ts'
import { addressOf } from '../access/credentials.ts'
import { LeaseRequiredError } from './errors.ts'

/** What the ids of owners that hold by REST begin with; the rest is their lease. */
const PREFIX = 'rest:'

/** Leases are made here, as UUIDs of 122 random bits; others are refused, so that nobody chooses one that can be guessed. */
const LEASE = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

/** The lease that a request shows; undefined if none. Throws `BadRequestError` for what cannot be one. */
export function shownLease({ headers }: IncomingMessage): string | undefined {
  const lease = headers[LEASE_HEADER]
  if (lease === undefined || (typeof lease === 'string' && LEASE.test(lease))) return lease
  throw new BadRequestError('The header Ropewalk-Lease is not a lease: send what the answer to the registration says')
}

/** By whom and with what something is held. */
export interface HolderInit {
  readonly request: IncomingMessage
  readonly identity: Identity
  readonly lease?: string | undefined
}

/** The holder whom a lease stands for, there or made; one lease may hold several instances. */
export function holder(store: Store, { request, identity, lease = randomUUID() }: HolderInit): Owner {
  const who = identity.name === 'anonymous' ? '' : ` with ${identity.name}`
  const name = `REST client at ${request.socket.remoteAddress ?? addressOf(request)}${who}`
  return store.leases.timed({ id: PREFIX + lease, name })
}

/** The lease of a holder by REST. */
export function leaseOf(owner: Owner): string {
  return owner.id.slice(PREFIX.length)
}

/** Throws `LeaseRequiredError` unless the lease that a request shows holds the instance. */
export function requireHolder(lease: string, { owner, instance: { serviceName, id } }: Claim): void {
  if (owner.id !== PREFIX + lease) throw new LeaseRequiredError(serviceName, id)
}
