import { ConsulRefusedError } from '../errors.ts'
import type { NodeIdentity, ServiceIdentity } from './identities.ts'
import type { Link } from './links.ts'

/** A token as it is kept: without what is shown as its secret, of which there is only the hash. */
export interface TokenRow {
  readonly AccessorID: string
  /** As `tokenHash` makes it. */
  readonly hash: string
  readonly Description: string
  /** Ids of policies; one that is gone counts no more. */
  readonly policies: readonly string[]
  /** Ids of roles, as of policies; absent for none. */
  readonly roles?: readonly string[]
  readonly ServiceIdentities: readonly ServiceIdentity[]
  readonly NodeIdentities: readonly NodeIdentity[]
  readonly Local: boolean
  /** When it ends, as an ISO time; undefined for never. */
  readonly ExpirationTime?: string
  readonly CreateTime: string
  readonly CreateIndex: number
  readonly ModifyIndex: number
}

/** A token as it is written by a client. */
export interface TokenFields {
  readonly AccessorID?: string
  readonly SecretID?: string
  readonly Description?: string
  readonly Policies?: readonly Link[]
  readonly Roles?: readonly Link[]
  readonly ServiceIdentities?: readonly Partial<ServiceIdentity>[]
  readonly NodeIdentities?: readonly Partial<NodeIdentity>[]
  readonly Local?: boolean
  /** Nanoseconds. */
  readonly ExpirationTTL?: number
  readonly ExpirationTime?: string
}

/** Who shows no token. */
export const ANONYMOUS_ID = '00000000-0000-0000-0000-000000000002'

/** What is shown, and taken, in the place of a secret that is not told. */
export const HIDDEN = '<hidden>'

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
const RESERVED = '00000000-0000-0000-0000-0000000000'

/** Throws `ConsulRefusedError` for an id that a client may not choose. */
export function requireFreeUuid(field: 'AccessorID' | 'SecretID', id: string): void {
  if (!UUID.test(id)) throw new ConsulRefusedError(500, `Invalid Token: ${field} is not a valid UUID`)
  if (id.startsWith(RESERVED))
    throw new ConsulRefusedError(500, `Invalid Token: UUIDs with the prefix ${JSON.stringify(RESERVED)} are reserved`)
}
