import type { Clock } from '../../core/clock.ts'
import { parseEndpoint } from '../../endpoint/parse-endpoint.ts'
import type { Instance, InstanceStatus } from '../../discovery/instance.ts'
import type { InstanceSet } from '../../discovery/instance-set.ts'
import { StoreLimitError } from '../../discovery/store/limits.ts'
import type { Rosters } from '../../discovery/store/rosters.ts'
import { LookupRateError } from '../front/errors.ts'
import { canonicalAddress } from './address-bytes.ts'
import type { DnsCatalog, DnsHolder, DnsInstance, DnsNode } from './catalog.ts'

/** What a StoreCatalog tells of. */
export interface StoreCatalogInit {
  readonly rosters: Rosters
  readonly clock: Clock
  /** The machine of the daemon, on which instances are believed to be that have no address. */
  readonly node: DnsNode
  /** Whether only instances are told that show both signs of life, even when there is no other. */
  readonly onlyPassing: boolean
  /** How long a client may go by an answer: a drain waits so long for who has asked. */
  readonly quietMs: number
  /** Whether a service may be told to anybody. */
  readonly mayRead: (serviceName: string) => boolean
}

/** Instances are told from the first of these lists of statuses of which there are any. Those that drain never are. */
const TIERS: readonly (readonly InstanceStatus[])[] = [['ready', 'unconfirmed'], ['late'], ['suspect']]

/** Who has an address is looked for anew no more often than this: it takes a look at every instance. */
const HOLDERS_MS = 1_000

/** The services of a Store, for DNS. A name is found whatever case it was registered in. */
export class StoreCatalog implements DnsCatalog {
  readonly #init: StoreCatalogInit
  readonly #told = new WeakMap<InstanceSet, readonly DnsInstance[]>()
  #names: { readonly of: readonly string[]; readonly byLowerCase: ReadonlyMap<string, string> } | undefined
  #holders:
    | { readonly revision: number; readonly at: number; readonly byAddress: ReadonlyMap<string, string> }
    | undefined

  constructor(init: StoreCatalogInit) {
    this.#init = init
  }

  instances(serviceName: string): ReturnType<DnsCatalog['instances']> {
    const { rosters, quietMs, mayRead } = this.#init
    const set = this.#setOf(serviceName)
    if (!mayRead(set.serviceName)) return 'forbidden'
    if (set.known) rosters.polled(set.serviceName, quietMs)
    const instances = this.#tell(set)
    return instances.length === 0 && !set.settled ? 'unsettled' : instances
  }

  ready(serviceName: string): Promise<void> | undefined {
    const { rosters, mayRead } = this.#init
    const name = rosters.isReady(serviceName) ? serviceName : this.spelled(serviceName)
    return mayRead(name) ? whenTold(rosters, name) : undefined
  }

  node(name: string): DnsNode | undefined {
    const { node } = this.#init
    return node.name.toLowerCase() === name ? node : undefined
  }

  prepared(): undefined {
    return undefined
  }

  holder(address: string): DnsHolder | undefined {
    const { node } = this.#init
    if (address === canonicalAddress(node.address)) return { kind: 'node', name: node.name }
    const serviceName = this.#addresses().get(address)
    if (serviceName === undefined || !this.#init.mayRead(serviceName)) return undefined
    return { kind: 'service', name: serviceName }
  }

  #tell(set: InstanceSet): readonly DnsInstance[] {
    let told = this.#told.get(set)
    if (!told) this.#told.set(set, (told = tellInstances(set.instances, this.#init)))
    return told
  }

  #setOf(serviceName: string): InstanceSet {
    const set = this.#init.rosters.set(serviceName)
    return set.known ? set : this.#init.rosters.set(this.spelled(serviceName))
  }

  /** How a name is really spelled that was given in lower case. */
  spelled(serviceName: string): string {
    const { names } = this.#init.rosters.names()
    if (this.#names?.of !== names) {
      const spelled = names.filter(name => name !== name.toLowerCase())
      this.#names = { of: names, byLowerCase: new Map(spelled.map(name => [name.toLowerCase(), name])) }
    }
    return this.#names.byLowerCase.get(serviceName) ?? serviceName
  }

  /** The names of services by the addresses of their instances. */
  #addresses(): ReadonlyMap<string, string> {
    const { rosters, clock } = this.#init
    const { revision } = rosters
    const at = clock.now()
    if (!this.#holders || (this.#holders.revision !== revision && at - this.#holders.at >= HOLDERS_MS)) {
      const byAddress = new Map<string, string>()
      for (const name of rosters.names().names) {
        for (const { address } of this.#tell(rosters.set(name))) byAddress.set(canonicalAddress(address), name)
      }
      this.#holders = { revision, at, byAddress }
    }
    return this.#holders.byAddress
  }
}

/** Without the reason why nothing could be told: that nothing is known says enough. */
function whenTold(rosters: Rosters, serviceName: string): Promise<void> | undefined {
  try {
    return rosters.ready(serviceName)?.catch(() => {})
  } catch (error) {
    if (error instanceof StoreLimitError || error instanceof LookupRateError) return undefined
    throw error
  }
}

/** Those of one service's instances that are to get work and can be told. */
export function tellInstances(
  instances: readonly Instance[],
  { node, onlyPassing }: Pick<StoreCatalogInit, 'node' | 'onlyPassing'>,
): readonly DnsInstance[] {
  for (const statuses of onlyPassing ? TIERS.slice(0, 1) : TIERS) {
    const told = instances
      .filter(({ status }) => statuses.includes(status))
      .flatMap(instance => tellOne(instance, node))
    if (told.length > 0) return told
  }
  return []
}

/** By its first endpoint that has a host and a port; an instance without one, such as of a Unix socket only, cannot be told. */
function tellOne({ endpoints, weight, tags }: Instance, node: DnsNode): DnsInstance[] {
  for (const text of endpoints) {
    const place = placeOf(text)
    if (place) return [{ ...place, weight, tags, node }]
  }
  return []
}

function placeOf(text: string): Pick<DnsInstance, 'address' | 'port'> | undefined {
  const endpoint = parsed(text)
  return endpoint && endpoint.scheme !== 'unix' ? { address: endpoint.host ?? '', port: endpoint.port } : undefined
}

/** Endpoints of schemes that others have invented are not ours to read. */
function parsed(text: string): ReturnType<typeof parseEndpoint> | undefined {
  try {
    return parseEndpoint(text)
  } catch {
    return undefined
  }
}
