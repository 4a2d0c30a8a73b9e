import type { Catalog } from '../state/catalog.ts'
import { standsFor } from '../state/mesh.ts'
import { folded, isSameName } from '../state/folded.ts'
import type { CheckRow, NodeRow, ServiceEntry, ServiceRow } from '../state/rows.ts'
import type { NativeInstances, NativeRows } from './native-rows.ts'

/** What a CatalogView shows together. */
export interface CatalogViewInit {
  readonly catalog: Catalog
  readonly natives: NativeInstances
  /** The node of this agent, where the Store's own instances show. */
  readonly node: string
}

/**
 * All that the Consul API can be asked for: what was registered by it, and what others have in the Store, in Consul's order. Names are found in
 * whatever case: those of the Store too, where two that differ by it are two services.
 */
export class CatalogView {
  readonly #catalog: Catalog
  readonly #natives: NativeInstances
  readonly #node: string

  constructor({ catalog, natives, node }: CatalogViewInit) {
    this.#catalog = catalog
    this.#natives = natives
    this.#node = node
  }

  nodes(): NodeRow[] {
    return [...this.#catalog.nodes.values()].toSorted((a, b) => order(a.Node, b.Node))
  }

  node(name: string): NodeRow | undefined {
    return this.#catalog.node(name) ?? this.#catalog.nodeWithId(name)
  }

  /** The names that are this one but for case; where there is none, the name itself. */
  alike(name: string): readonly string[] {
    const [own, others] = [this.#catalog.alike(name), this.#natives.alike(name)]
    return own.length === 1 && others.length === 1 && own[0] === others[0] ? own : [...new Set([...own, ...others])]
  }

  /** The names of the services that have instances, in order. */
  names(): string[] {
    const names = new Set(this.#catalog.names())
    for (const name of this.#natives.names()) if (this.#natives.has(name)) names.add(name)
    return [...names].toSorted()
  }

  /** The tags of all instances of a service whose name is spelled so on certain nodes, each once, in the order of nodes and ids; undefined if there is no instance. */
  tags(name: string, accepts: (node: NodeRow) => boolean): string[] | undefined {
    const rows = [...this.#catalog.servicesNamed(name), ...this.#nativesNamed(name).map(({ service }) => service)]
    const wanted = rows.filter(({ Node }) => {
      const node = this.#catalog.node(Node)
      return node !== undefined && accepts(node)
    })
    if (wanted.length === 0) return undefined
    const ordered = wanted.toSorted((a, b) => order(a.Node, b.Node) || order(a.ID, b.ID))
    return [...new Set(ordered.flatMap(({ Tags }) => Tags))]
  }

  /** The instances of a service, by node and id. */
  entries(name: string): ServiceEntry[] {
    const entries: ServiceEntry[] = []
    for (const service of this.#servicesAlike(name)) {
      const node = this.#catalog.node(service.Node)
      if (node) entries.push({ node, service, checks: this.#checksAround(service) })
    }
    entries.push(...this.#nativeEntries(name))
    return entries.toSorted(byNodeAndId)
  }

  /** The instances that take connections of the mesh for a service: its proxies, and those that need none. */
  connectEntries(name: string): ServiceEntry[] {
    const entries: ServiceEntry[] = []
    for (const service of this.#catalog.services.values()) {
      const node = standsFor(service, name) ? this.#catalog.node(service.Node) : undefined
      if (node) entries.push({ node, service, checks: this.#checksAround(service) })
    }
    return entries.toSorted(byNodeAndId)
  }

  /** The instances on a node by id. An id that two services have there counts for the first; the others are shown as `NAME/ID`. */
  servicesOn(node: string): Map<string, ServiceRow> {
    const rows = [...this.#catalog.servicesOn(node), ...this.#nativesOn(node).map(({ service }) => service)]
    const services = new Map<string, ServiceRow>()
    for (const row of rows.toSorted((a, b) => order(a.ID, b.ID))) {
      services.set(services.has(row.ID) ? `${row.Service}/${row.ID}` : row.ID, row)
    }
    return services
  }

  /** The checks of a node and of everything on it, by id. */
  checksOn(node: string): CheckRow[] {
    return [...this.#catalog.checksOn(node), ...this.#nativesOn(node).map(({ check }) => check)].toSorted(byCheckId)
  }

  /** The checks of the instances of a service, without those of their nodes. */
  checksNamed(name: string): CheckRow[] {
    const rows: CheckRow[] = []
    for (const { Node, ID } of this.#servicesAlike(name)) rows.push(...this.#catalog.checksOf(Node, ID))
    rows.push(...this.#nativesAlike(name).map(({ check }) => check))
    return rows.toSorted(byNodeAndCheckId)
  }

  /** All checks there are. */
  allChecks(): CheckRow[] {
    return [...this.#catalog.checks.values(), ...this.#nativesOn(this.#node).map(({ check }) => check)].toSorted(
      byNodeAndCheckId,
    )
  }

  /** The checks that say how an instance is: its node's first, then its own. */
  #checksAround({ Node, ID }: ServiceRow): CheckRow[] {
    return [...this.#nodeChecks(Node), ...sorted(this.#catalog.checksOf(Node, ID))]
  }

  #nodeChecks(node: string): CheckRow[] {
    return sorted(this.#catalog.checksOf(node, ''))
  }

  #nativeEntries(name: string): ServiceEntry[] {
    const rows = this.#nativesAlike(name)
    const node = rows.length > 0 ? this.#catalog.node(this.#node) : undefined
    if (!node) return []
    const nodeChecks = this.#nodeChecks(this.#node)
    return rows.map(({ service, check }) => ({ node, service, checks: [...nodeChecks, check] }))
  }

  *#servicesAlike(name: string): Iterable<ServiceRow> {
    for (const spelled of this.#catalog.alike(name)) yield* this.#catalog.servicesNamed(spelled)
  }

  #nativesAlike(name: string): NativeRows[] {
    return this.#natives.alike(name).flatMap(spelled => this.#nativesNamed(spelled))
  }

  /** Those of the Store, but for those that the Consul API has under the same name and id on the same node. */
  #nativesNamed(name: string): NativeRows[] {
    return this.#natives.rows(name).filter(({ service: { ID } }) => {
      const own = this.#catalog.service(this.#node, ID)
      return own?.Service !== name || own.ID !== ID
    })
  }

  #nativesOn(node: string): NativeRows[] {
    if (!isSameName(node, this.#node)) return []
    return this.#natives.names().flatMap(name => this.#nativesNamed(name))
  }
}

function sorted(rows: Iterable<CheckRow>): CheckRow[] {
  const list = [...rows]
  return list.length > 1 ? list.toSorted(byCheckId) : list
}

function byCheckId(a: CheckRow, b: CheckRow): number {
  return order(a.CheckID, b.CheckID)
}

function byNodeAndCheckId(a: CheckRow, b: CheckRow): number {
  return order(a.Node, b.Node) || order(a.CheckID, b.CheckID)
}

function byNodeAndId(a: ServiceEntry, b: ServiceEntry): number {
  return order(a.node.Node, b.node.Node) || order(a.service.ID, b.service.ID)
}

/** Case does not matter, but that there is one order. */
function order(a: string, b: string): number {
  if (a === b) return 0
  return compared(folded(a), folded(b)) || compared(a, b)
}

function compared(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
