import { ConsulRefusedError } from '../errors.ts'

/** A token as it is kept: without what is shown as its secret, of which there is only the hash. */
export interface TokenRow {
  readonly AccessorID: string
  /** As `tokenHash` makes it. */
  readonly hash: string
  readonly Description: string
  /** Ids of policies; one that is gone counts no more. */
  readonly policies: readonly string[]
  readonly ServiceIdentities: readonly ServiceIdentity[]
  readonly NodeIdentities: readonly NodeIdentity[]
  readonly Local: boolean
  /** When it ends, as an ISO time; undefined for never. */
  readonly ExpirationTime?: string
  readonly CreateTime: string
  readonly CreateIndex: number
  readonly ModifyIndex: number
}

/** Stands for the rights that the instances of a service need. */
export interface ServiceIdentity {
  readonly ServiceName: string
  readonly Datacenters?: readonly string[]
}

/** Stands for the rights that an agent needs on its node. */
export interface NodeIdentity {
  readonly NodeName: string
  readonly Datacenter: string
}

/** A token as it is written by a client. */
export interface TokenFields {
  readonly AccessorID?: string
  readonly SecretID?: string
  readonly Description?: string
  readonly Policies?: readonly { readonly ID?: string; readonly Name?: string }[]
  readonly Roles?: readonly { readonly ID?: string; readonly Name?: string }[]
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
const ONLY = "Only alphanumeric characters, '-' and '_' are allowed"

/** Throws `ConsulRefusedError` for an id that a client may not choose. */
export function requireFreeUuid(field: 'AccessorID' | 'SecretID', id: string): void {
  if (!UUID.test(id)) throw new ConsulRefusedError(500, `Invalid Token: ${field} is not a valid UUID`)
  if (id.startsWith(RESERVED))
    throw new ConsulRefusedError(500, `Invalid Token: UUIDs with the prefix ${JSON.stringify(RESERVED)} are reserved`)
}

/** Throws `ConsulRefusedError`. */
export function serviceIdentity({ ServiceName = '', Datacenters = [] }: Partial<ServiceIdentity>): ServiceIdentity {
  if (ServiceName === '')
    throw new ConsulRefusedError(500, 'Service identity is missing the service name field on this token')
  if (!/^[a-z0-9](?:[a-z0-9\-_]{0,254}[a-z0-9])?$/.test(ServiceName))
    throw new ConsulRefusedError(500, `Service identity ${JSON.stringify(ServiceName)} has an invalid name. ${ONLY}`)
  return { ServiceName, ...(Datacenters.length > 0 && { Datacenters }) }
}

/** Throws `ConsulRefusedError`. */
export function nodeIdentity({ NodeName = '', Datacenter = '' }: Partial<NodeIdentity>): NodeIdentity {
  const missing = NodeName === '' ? 'node name' : Datacenter === '' ? 'datacenter' : ''
  if (missing !== '') throw new ConsulRefusedError(500, `Node identity is missing the ${missing} field on this token`)
  if (!/^[a-z0-9](?:[a-z0-9\-_]{0,254}[a-z0-9])?$/.test(NodeName))
    throw new ConsulRefusedError(500, `Node identity has an invalid name. ${ONLY}`)
  return { NodeName, Datacenter }
}
