import { consulId } from '../../../src/adapters/consul/names.ts'
import { registrationOf } from '../../../src/adapters/consul/registration.ts'
import type { ServiceCheck, ServiceEntry } from '../../../src/adapters/consul/service-entry.ts'
import type { Instance } from '../../../src/discovery/instance.ts'

/** How Consul shows an instance that something registered. */
export interface EntryInit {
  readonly service?: Partial<ServiceEntry['Service']>
  readonly node?: string
  readonly checks?: readonly Partial<ServiceCheck>[]
}

/** What `/v1/health/service/users` has for a service that something other than Ropewalk registered. */
export function foreignEntry({ service, node = 'n1', checks = [] }: EntryInit = {}): ServiceEntry {
  const defaults = { ID: 'u1', Service: 'users', Tags: [], Address: '', Port: 80, Meta: null, ModifyIndex: 1 }
  return {
    Node: { Node: node, Address: '10.0.0.1' },
    Service: { ...defaults, ...service },
    Checks: checks.map(check => ({ CheckID: 'service:u1', Status: 'passing', Notes: '', ...check })),
  }
}

/** The same for what Ropewalk registers. */
export function ownEntry(instance: Instance, { status = 'passing', index = 1 } = {}): ServiceEntry {
  const options = {
    ttlMs: 15_000,
    claim: 'holder.1',
    write: index,
    checkId: 'ropewalk:holder.1.0',
    removeAfterMs: 60_000,
  }
  const body = registrationOf({ instance, ...options }) as {
    Check: { CheckID: string; Notes: string }
    Name: string
  } & Omit<ServiceEntry['Service'], 'Service' | 'ModifyIndex'>
  const { Check, Name, ...service } = body
  return {
    Node: { Node: 'n1', Address: '10.0.0.1' },
    Service: { ...service, Service: Name, ID: consulId(instance), ModifyIndex: index },
    Checks: [
      { CheckID: 'serfHealth', Status: 'passing', Notes: '' },
      { CheckID: Check.CheckID, Status: status, Notes: Check.Notes },
    ],
  }
}
