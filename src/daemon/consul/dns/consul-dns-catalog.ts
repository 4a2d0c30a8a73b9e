import { systemRandom } from '../../../core/random.ts'
import { canonicalAddress } from '../../dns/address-bytes.ts'
import type { DnsCatalog, DnsHolder, DnsInstance, DnsNode, PreparedAnswer } from '../../dns/catalog.ts'
import type { CatalogDefaults } from '../../dns/dns-server.ts'
import { StoreCatalog, tellInstances } from '../../dns/store-catalog.ts'
import type { ConsulState } from '../consul-state.ts'
import { topicOf } from '../live/topics.ts'
import { parseGoDuration } from '../go/duration.ts'
import { queryEntries } from '../queries/execute-query.ts'
import { isNative } from '../rows/native-rows.ts'
import type { CheckRow, NodeRow, ServiceEntry, ServiceRow } from '../state/rows.ts'

/** How many services keep what was told of them. */
const SERVICES_MAX = 10_000

/** RFC 2181 allows no more. */
const TTL_S_MAX = 2 ** 31 - 1

/** A client may go by an answer for this much longer than it may keep it, in milliseconds. */
const MARGIN_MS = 2_000

/** What is told of a service, as of one revision of it in the Consul API, and one in the Store: fronts forget what nobody reads without a change. */
interface Told {
  readonly revision: number
  readonly storeRevision: number
  readonly instances: readonly DnsInstance[]
}

/**
 * What DNS tells where there is the Consul API: its nodes, its services by their own checks and weights, its prepared queries; and what others
 * have in the Store.
 */
export class ConsulDnsCatalog implements DnsCatalog {
  readonly #state: ConsulState
  readonly #defaults: CatalogDefaults
  readonly #store: StoreCatalog
  readonly #told = new Map<string, Told>()
  readonly #nodes = new WeakMap<NodeRow, DnsNode>()

  constructor(state: ConsulState, defaults: CatalogDefaults) {
    this.#state = state
    this.#defaults = defaults
    const { store, clock } = state.context
    this.#store = new StoreCatalog({ rosters: store.rosters, clock, ...defaults })
  }

  instances(serviceName: string): ReturnType<DnsCatalog['instances']> {
    const { rosters } = this.#state.context.store
    const { mayRead, quietMs } = this.#defaults
    const names = this.#state.view.alike(serviceName).filter(name => mayRead(name))
    if (names.length === 0) return 'forbidden'
    const told = this.#readable(
      names.length === 1 ? this.#tell(names[0] ?? '') : names.flatMap(name => this.#tell(name)),
    )
    for (const name of names) rosters.polled(name, quietMs)
    const isSettled = names.every(name => rosters.set(name).settled)
    return told.length === 0 && !isSettled ? 'unsettled' : told
  }

  ready(serviceName: string): Promise<void> | undefined {
    return this.#store.ready(serviceName)
  }

  node(name: string): DnsNode | undefined {
    const { catalog } = this.#state
    const row = catalog.node(name)
    return row && this.#defaults.mayReadNode(row.Node) ? this.#nodeOf(row) : undefined
  }

  prepared(name: string): PreparedAnswer | undefined {
    const { queries, view, settings, context } = this.#state
    const query = queries.resolve(name)
    if (!query) return undefined
    const ttlNs = parseGoDuration(query.DNS.TTL)
    const ttlS = ttlNs === undefined ? undefined : Math.min(TTL_S_MAX, Math.max(0, Math.floor(ttlNs / 1e9)))
    const { mayRead, quietMs } = this.#defaults
    const { Service: serviceName } = query.Service
    const names = view.alike(serviceName).filter(one => mayRead(one))
    if (names.length === 0) return { instances: 'forbidden', serviceName, ttlS }
    for (const one of names) context.store.rosters.polled(one, Math.max(quietMs, 1_000 * (ttlS ?? 0) + MARGIN_MS))
    const isShown = ({ node, service }: ServiceEntry) =>
      this.#defaults.mayReadNode(node.Node) && names.includes(service.Service)
    const init = { view, isShown, random: systemRandom, ownNode: settings.nodeName, near: '', limit: 0 }
    return { instances: queryEntries(query, init).map(entry => this.#instanceOf(entry)), serviceName, ttlS }
  }

  holder(address: string): DnsHolder | undefined {
    const node = this.#nodeWhere(({ Address }) => isSameAddress(Address, address))
    const holder: DnsHolder | undefined = node ? { kind: 'node', name: node.Node } : this.#store.holder(address)
    return holder?.kind === 'node' && !this.#defaults.mayReadNode(holder.name) ? undefined : holder
  }

  #nodeWhere(isWanted: (row: NodeRow) => boolean): NodeRow | undefined {
    for (const row of this.#state.catalog.nodes.values()) if (isWanted(row)) return row
    return undefined
  }

  /** Those on nodes that may be told to anybody. */
  #readable(instances: readonly DnsInstance[]): readonly DnsInstance[] {
    const names = new Set(instances.map(({ node: { name } }) => name))
    const hidden = new Set([...names].filter(name => !this.#defaults.mayReadNode(name)))
    return hidden.size === 0 ? instances : instances.filter(({ node: { name } }) => !hidden.has(name))
  }

  #tell(name: string): readonly DnsInstance[] {
    const { topics, context } = this.#state
    const revision = topics.revision([topicOf('service', name)])
    const { revision: storeRevision } = context.store.rosters.set(name)
    const known = this.#told.get(name)
    if (known?.revision === revision && known.storeRevision === storeRevision) return known.instances
    const own = this.#ofConsul(name)
    const instances = [...own, ...this.#ofOthers(name, own.length > 0)]
    this.#told.delete(name)
    if (instances.length > 0) this.#told.set(name, { revision, storeRevision, instances })
    const [oldest] = this.#told.keys()
    if (this.#told.size > SERVICES_MAX && oldest !== undefined) this.#told.delete(oldest)
    return instances
  }

  /** Those registered by the Consul API: none that is critical, and with `onlyPassing` none with a warning. */
  #ofConsul(name: string): DnsInstance[] {
    const { catalog } = this.#state
    return [...catalog.servicesNamed(name)].flatMap(service => {
      const node = catalog.node(service.Node)
      const checks = [...catalog.checksOf(service.Node, ''), ...catalog.checksOf(service.Node, service.ID)]
      return node && this.#isTold(checks) ? [this.#instanceOf({ node, service, checks })] : []
    })
  }

  /** Those in the Store that are surely alive; others only where there are none, by the Consul API neither. */
  #ofOthers(name: string, hasLiving: boolean): readonly DnsInstance[] {
    const { context, settings } = this.#state
    const claims = context.store.rosters.claims(name).filter(isNative)
    const instances = claims.map(({ instance }) => instance)
    const node = this.node(settings.nodeName) ?? this.#defaults.node
    return tellInstances(instances, { node, onlyPassing: hasLiving || this.#defaults.onlyPassing })
  }

  #isTold(checks: readonly CheckRow[]): boolean {
    const { onlyPassing } = this.#defaults
    return checks.every(({ Status }) => Status === 'passing' || (Status === 'warning' && !onlyPassing))
  }

  #instanceOf({ node, service, checks }: ServiceEntry): DnsInstance {
    const { Address: address, Port: port, Tags: tags } = service
    return { address, port, tags, weight: weightOf(service, checks), node: this.#nodeOf(node) }
  }

  #nodeOf(row: NodeRow): DnsNode {
    let node = this.#nodes.get(row)
    if (!node) this.#nodes.set(row, (node = { name: row.Node, address: row.Address, metadata: row.Meta ?? {} }))
    return node
  }
}

/** Whether an address, however it is written, is `canonical`. Of IPv4 there is one way to write it. */
function isSameAddress(address: string, canonical: string): boolean {
  return address === canonical || (address.includes(':') && canonicalAddress(address) === canonical)
}

function weightOf({ Weights }: ServiceRow, checks: readonly CheckRow[]): number {
  return checks.some(({ Status }) => Status === 'warning') ? Weights.Warning : Weights.Passing
}
