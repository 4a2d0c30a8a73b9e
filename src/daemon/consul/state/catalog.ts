import { Spellings } from '../../../discovery/store/spellings.ts'
import { topicOf, type Topics } from '../live/topics.ts'
import { folded } from './folded.ts'
import { FoldedTable } from './folded-table.ts'
import { Grouped } from './grouped.ts'
import { requireRoom } from './limits.ts'
import { type CheckRow, keyOn, type NodeRow, type ServiceRow } from './rows.ts'
import { isSameRow } from './same-row.ts'
import type { Stamps } from './stamps.ts'
import type { Table, TableJournal } from './table.ts'

/** Hears when how an instance is, or whether it is, may have changed. */
export type ServiceListener = (node: string, id: string) => void

/** What a Catalog is made with. */
export interface CatalogInit {
  readonly journal: TableJournal
  readonly topics: Topics
  /** The next index, above everything before. */
  readonly stamps: Stamps
  readonly onService: ServiceListener
  /** A check is critical, or gone. */
  readonly onCheckFailed: (node: string, checkId: string) => void
  readonly onNodeGone: (node: string) => void
}

/** What every row has. */
interface Indexed {
  readonly CreateIndex: number
  readonly ModifyIndex: number
}

/** A row without the indexes, which the catalog gives. */
export type Unindexed<R> = Omit<R, 'CreateIndex' | 'ModifyIndex'>

/**
 * Nodes, services and checks, as they were registered by the Consul API. Case does not matter to the names of nodes and to ids: who writes them in another
 * case writes the same row, in that case from now on. A write that says what is there already changes nothing, its
 * index included. What it changes is told by topics: `nodes`, `node/NODE`, `service/NAME`, `services` (any of them), `catalog` (any node or service), `checks`.
 */
export class Catalog {
  readonly nodes: Table<NodeRow>
  readonly services: Table<ServiceRow>
  readonly checks: Table<CheckRow>
  readonly #init: CatalogInit
  readonly #byName = new Grouped<ServiceRow>({ group: row => row.Service, key: row => keyOn(row.Node, row.ID) })
  readonly #byNode = new Grouped<ServiceRow>({ group: row => folded(row.Node), key: row => folded(row.ID) })
  readonly #checksByNode = new Grouped<CheckRow>({ group: row => folded(row.Node), key: row => folded(row.CheckID) })
  readonly #checksByService = new Grouped<CheckRow>({
    group: row => keyOn(row.Node, row.ServiceID),
    key: row => folded(row.CheckID),
  })
  /** The names of nodes by their ids. */
  readonly #nodesById = new Map<string, string>()
  readonly #spellings = new Spellings(name => this.#byName.has(name))

  constructor(init: CatalogInit) {
    this.#init = init
    this.nodes = new FoldedTable('node', init.journal, (before, after) => this.#nodeChanged(before, after))
    this.services = new FoldedTable('service', init.journal, (before, after) => this.#serviceChanged(before, after))
    this.checks = new FoldedTable('check', init.journal, (before, after) => this.#checkChanged(before, after))
  }

  node(name: string): NodeRow | undefined {
    return this.nodes.get(name)
  }

  /** The hexadecimal digits of an id may be in either case. */
  nodeWithId(id: string): NodeRow | undefined {
    const name = this.#nodesById.get(folded(id))
    return name === undefined ? undefined : this.nodes.get(name)
  }

  service(node: string, id: string): ServiceRow | undefined {
    return this.services.get(keyOn(node, id))
  }

  check(node: string, checkId: string): CheckRow | undefined {
    return this.checks.get(keyOn(node, checkId))
  }

  /** The names of the services that there are. */
  names(): Iterable<string> {
    return this.#byName.groups()
  }

  /** The names that are this one but for case; where there is none, the name itself. */
  alike(name: string): readonly string[] {
    return this.#spellings.alike(name)
  }

  /** Those whose name is spelled so. */
  servicesNamed(name: string): Iterable<ServiceRow> {
    return this.#byName.rows(name)
  }

  servicesOn(node: string): Iterable<ServiceRow> {
    return this.#byNode.rows(folded(node))
  }

  checksOn(node: string): Iterable<CheckRow> {
    return this.#checksByNode.rows(folded(node))
  }

  /** The checks of an instance; with an empty id those of the node itself. */
  checksOf(node: string, serviceId: string): Iterable<CheckRow> {
    return this.#checksByNode.has(folded(node)) ? this.#checksByService.rows(keyOn(node, serviceId)) : []
  }

  /** Makes several changes at one index. */
  together<T>(change: () => T): T {
    return this.#init.stamps.together(change)
  }

  putNode(row: Unindexed<NodeRow>): void {
    const before = this.nodes.get(row.Node)
    if (before && isSameRow(before, row)) return
    if (!before) requireRoom('nodes', this.nodes.size)
    this.#keep(this.nodes, row.Node, row)
  }

  putService(row: Unindexed<ServiceRow>): void {
    const key = keyOn(row.Node, row.ID)
    const before = this.services.get(key)
    if (before && isSameRow(before, row)) return
    if (!before) requireRoom('services', this.services.size)
    this.#keep(this.services, key, row)
  }

  putCheck(row: Unindexed<CheckRow>): void {
    const key = keyOn(row.Node, row.CheckID)
    const before = this.checks.get(key)
    if (before && isSameRow(before, row)) return
    if (!before) requireRoom('checks', this.checks.size)
    this.#keep(this.checks, key, row)
  }

  /** Takes an instance out, and its checks. */
  deleteService(node: string, id: string): void {
    for (const { CheckID } of this.checksOf(node, id)) this.deleteCheck(node, CheckID)
    this.services.delete(keyOn(node, id))
  }

  deleteCheck(node: string, checkId: string): void {
    this.checks.delete(keyOn(node, checkId))
  }

  /** Takes a node out, and everything on it. */
  deleteNode(node: string): void {
    for (const { ID } of this.servicesOn(node)) this.deleteService(node, ID)
    for (const { CheckID } of this.checksOn(node)) this.deleteCheck(node, CheckID)
    this.nodes.delete(node)
  }

  /** Whoever asks next is told the index that the row has. */
  #keep<R extends Indexed>(table: Table<R>, key: string, row: Unindexed<R>): void {
    this.together(() => {
      const index = this.#init.stamps.next()
      table.put(key, { ...row, CreateIndex: table.get(key)?.CreateIndex ?? index, ModifyIndex: index } as R)
    })
  }

  #nodeChanged(before: NodeRow | undefined, after: NodeRow | undefined): void {
    const name = (after ?? before)?.Node ?? ''
    if (before?.ID && this.#nodesById.get(folded(before.ID)) === before.Node) this.#nodesById.delete(folded(before.ID))
    if (after?.ID) this.#nodesById.set(folded(after.ID), after.Node)
    const revision = this.#init.stamps.next()
    this.#touch(revision, 'nodes', topicOf('node', name), 'catalog', 'checks')
    for (const { Service, ID } of this.servicesOn(name)) {
      this.#touch(revision, topicOf('service', Service))
      this.#init.onService(name, ID)
    }
    if (!after) this.#init.onNodeGone(name)
  }

  #serviceChanged(before: ServiceRow | undefined, after: ServiceRow | undefined): void {
    this.#byName.change(before, after)
    this.#byNode.change(before, after)
    const { Node, ID, Service } = (after ?? before) as ServiceRow
    const revision = this.#init.stamps.next()
    if (before && before.Service !== Service) this.#touch(revision, topicOf('service', before.Service))
    for (const name of [before?.Service, Service]) if (name !== undefined) this.#spell(name)
    this.#touch(revision, topicOf('service', Service), topicOf('node', Node), 'catalog', 'services')
    this.#init.onService(Node, ID)
  }

  #checkChanged(before: CheckRow | undefined, after: CheckRow | undefined): void {
    this.#checksByNode.change(before, after)
    this.#checksByService.change(before, after)
    const { Node, ServiceID, CheckID } = (after ?? before) as CheckRow
    const revision = this.#init.stamps.next()
    this.#touch(revision, 'checks', topicOf('node', Node))
    const concerned = ServiceID === '' ? this.servicesOn(Node) : [this.service(Node, ServiceID)]
    for (const service of concerned) {
      if (!service) continue
      this.#touch(revision, topicOf('service', service.Service))
      this.#init.onService(Node, service.ID)
    }
    if (!after || after.Status === 'critical') this.#init.onCheckFailed(Node, CheckID)
  }

  #spell(name: string): void {
    if (this.#byName.has(name)) this.#spellings.add(name)
    else this.#spellings.delete(name)
  }

  #touch(revision: number, ...topics: string[]): void {
    for (const topic of topics) this.#init.topics.touch(topic, revision)
  }
}
