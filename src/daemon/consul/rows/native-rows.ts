import type { Instance, InstanceStatus } from '../../../discovery/instance.ts'
import type { Claim } from '../../../discovery/store/owner.ts'
import type { Rosters } from '../../../discovery/store/rosters.ts'
import type { CheckRow, CheckStatus, ServiceRow } from '../state/rows.ts'
import { Derived } from '../../derived.ts'
import { hostAndPort } from './host-and-port.ts'

/** An instance of the Store as the Consul API shows it: a service with one check. */
export interface NativeRows {
  readonly service: ServiceRow
  readonly check: CheckRow
}

/**
 * How a status shows: what may be chosen is passing, what is chosen last is a warning, and what must not be chosen by those who can only tell
 * passing from the rest (`suspect`, `draining`) is critical.
 */
const STATUS: Readonly<Record<InstanceStatus, CheckStatus>> = {
  ready: 'passing',
  unconfirmed: 'passing',
  late: 'warning',
  suspect: 'critical',
  draining: 'critical',
}

const OUTPUT: Readonly<Record<InstanceStatus, string>> = {
  ready: 'The instance renews its lease',
  unconfirmed: 'The instance is known from before the restart of the registry, and not heard of since',
  late: 'The instance is connected, but its heartbeat is overdue',
  suspect: 'The connection of the instance was lost',
  draining: 'The instance is on its way down',
}

/** The instances that others than the Consul API put into the Store, as rows of this agent's node. */
export class NativeInstances {
  readonly #rosters: Rosters
  readonly #node: string
  readonly #made = new Derived<Instance, NativeRows>()

  constructor(rosters: Rosters, node: string) {
    this.#rosters = rosters
    this.#node = node
  }

  /** The names of all services of the Store, those of the Consul API included. */
  names(): readonly string[] {
    return this.#rosters.names().names
  }

  /** The names of services that are this one but for case; where there is none, the name itself. */
  alike(serviceName: string): readonly string[] {
    return this.#rosters.alike(serviceName)
  }

  /** Whether there are any of that service. */
  has(serviceName: string): boolean {
    return this.#rosters.claims(serviceName).some(isNative)
  }

  /** Those of one service. */
  rows(serviceName: string): NativeRows[] {
    const native: NativeRows[] = []
    for (const claim of this.#rosters.claims(serviceName)) if (isNative(claim)) native.push(this.#rows(claim))
    return native
  }

  /** Those whose service has this id, of all services. */
  withId(id: string): Claim[] {
    return this.names().flatMap(name => {
      const claim = this.#rosters.find(name, id)
      return claim && isNative(claim) ? [claim] : []
    })
  }

  #rows(claim: Claim): NativeRows {
    let rows = this.#made.get(claim.instance)
    if (!rows) this.#made.set(claim.instance, (rows = nativeRows(claim, this.#node)))
    return rows
  }
}

/** Whether somebody else than the Consul API holds it. */
export function isNative(claim: Claim): boolean {
  return claim.owner.kind !== 'vouched'
}

function nativeRows({ instance, createRevision, revision }: Claim, node: string): NativeRows {
  const { serviceName, id, tags, weight, status } = instance
  const { host: Address, port: Port } = hostAndPort(instance.endpoints)
  const indexes = { CreateIndex: createRevision, ModifyIndex: revision }
  const service: ServiceRow = {
    Node: node,
    ID: id,
    Service: serviceName,
    Tags: tags,
    Address,
    Meta: metaOf(instance),
    Port,
    Weights: { Passing: weight, Warning: weight },
    EnableTagOverride: false,
    isLocal: true,
    ...indexes,
  }
  const check: CheckRow = {
    Node: node,
    CheckID: `service:${id}`,
    Name: `Lease of '${serviceName}'`,
    Status: STATUS[status],
    Notes: '',
    Output: OUTPUT[status],
    ServiceID: id,
    ServiceName: serviceName,
    ServiceTags: tags,
    Type: 'ttl',
    Definition: {},
    ...indexes,
  }
  return { service, check }
}

/** The metadata, with zone and version where these are said and the names are free. */
function metaOf({ zone, version, metadata }: Instance): Record<string, string> {
  return { ...(zone !== '' && { zone }), ...(version !== '' && { version }), ...metadata }
}
