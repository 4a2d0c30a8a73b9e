import { ConsulRefusedError } from '../errors.ts'
import type { Linking } from './links.ts'

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

const NAME = /^[a-z0-9](?:[a-z0-9\-_]{0,254}[a-z0-9])?$/
const ONLY = "Only alphanumeric characters, '-' and '_' are allowed"

/** In the order of their names, each once: of two for one service it counts wherever either does. Throws `ConsulRefusedError`. */
export function serviceIdentities(given: readonly Partial<ServiceIdentity>[], of: Linking): ServiceIdentity[] {
  const byName = new Map<string, ServiceIdentity>()
  for (const one of given) {
    const identity = serviceIdentity(one, of)
    const { ServiceName } = identity
    byName.set(ServiceName, merged(identity, byName.get(ServiceName)))
  }
  return [...byName.values()].toSorted((a, b) => (a.ServiceName < b.ServiceName ? -1 : 1))
}

/** In the order of their data centres, then of their names, each once. Throws `ConsulRefusedError`. */
export function nodeIdentities(given: readonly Partial<NodeIdentity>[], of: Linking): NodeIdentity[] {
  const byKey = new Map<string, NodeIdentity>()
  for (const one of given) {
    const identity = nodeIdentity(one, of)
    byKey.set(`${identity.Datacenter}\0${identity.NodeName}`, identity)
  }
  return [...byKey].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, identity]) => identity)
}

function serviceIdentity(
  { ServiceName = '', Datacenters = [] }: Partial<ServiceIdentity>,
  of: Linking,
): ServiceIdentity {
  if (ServiceName === '')
    throw new ConsulRefusedError(500, `Service identity is missing the service name field on this ${of}`)
  if (!NAME.test(ServiceName))
    throw new ConsulRefusedError(500, `Service identity ${JSON.stringify(ServiceName)} has an invalid name. ${ONLY}`)
  return { ServiceName, ...(Datacenters.length > 0 && { Datacenters }) }
}

function merged(identity: ServiceIdentity, other: ServiceIdentity | undefined): ServiceIdentity {
  if (!other) return identity
  const { ServiceName } = identity
  if (!identity.Datacenters || !other.Datacenters) return { ServiceName }
  return { ServiceName, Datacenters: [...new Set([...other.Datacenters, ...identity.Datacenters])].toSorted() }
}

function nodeIdentity({ NodeName = '', Datacenter = '' }: Partial<NodeIdentity>, of: Linking): NodeIdentity {
  const missing = NodeName === '' ? 'node name' : Datacenter === '' ? 'datacenter' : ''
  if (missing !== '') throw new ConsulRefusedError(500, `Node identity is missing the ${missing} field on this ${of}`)
  if (!NAME.test(NodeName)) throw new ConsulRefusedError(500, `Node identity has an invalid name. ${ONLY}`)
  return { NodeName, Datacenter }
}
