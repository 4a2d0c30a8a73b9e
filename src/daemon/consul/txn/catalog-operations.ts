import { nodeIdProblem } from '../go/uuid.ts'
import { healthService } from '../rows/forms.ts'
import { refuseSidecar, validateMesh } from '../state/validate-mesh.ts'
import type { Catalog } from '../state/catalog.ts'
import { type CatalogCheckFields, type CatalogServiceFields, putCheck, putService } from '../state/catalog-writes.ts'
import { requireFewTags, requireShort } from '../state/limits.ts'
import { badNodeId, putNode, reservedProblem } from '../state/node-writes.ts'
import type { CheckRow, NodeRow, ServiceRow, Texts } from '../state/rows.ts'
import { OperationProblem } from './operation-problem.ts'

/** A node as a transaction names or writes it. */
export interface NodeFields {
  readonly ID?: string
  readonly Node?: string
  readonly Address?: string
  readonly TaggedAddresses?: Texts
  readonly Meta?: Texts
  readonly ModifyIndex?: number
}

/** One operation on a node, on a service of one, or on a check. */
export type CatalogOperation =
  | { readonly kind: 'Node'; readonly verb: string; readonly node: NodeFields }
  | {
      readonly kind: 'Service'
      readonly verb: string
      readonly on: string
      readonly service: CatalogServiceFields & Indexed
    }
  | { readonly kind: 'Check'; readonly verb: string; readonly check: CatalogCheckFields & Indexed }

interface Indexed {
  readonly ModifyIndex?: number
}

interface Row {
  readonly ModifyIndex: number
}

/** What one kind of row takes to be read, written and taken out. */
interface Target<R extends Row> {
  /** Such as `service "w" on node "n"`, for what goes wrong. */
  readonly what: string
  readonly row: () => R | undefined
  readonly put: () => void
  readonly remove: () => void
  readonly shown: (row: R) => object
}

/** What is wrong with a write before anything is done; undefined if nothing is. */
export function problemBefore(operation: CatalogOperation): string | undefined {
  if (operation.verb === 'get') return undefined
  if (operation.kind === 'Node') return operation.node.Node ? badNodeId(operation.node.ID ?? '') : 'Must provide node'
  if (operation.kind === 'Check') return undefined
  const { ID, Service } = operation.service
  return ID && !Service ? 'Must provide service name with ID' : undefined
}

/** Does one operation, and gives the JSON of what it read or wrote. Throws `OperationProblem`, `ConsulRefusedError`. */
export function operateOnCatalog(operation: CatalogOperation, catalog: Catalog, datacenter: string): string[] {
  const { kind } = operation
  if (kind === 'Node') return operate(nodeTarget(operation.node, catalog, datacenter), operation)
  if (kind === 'Service') return operate(serviceTarget(operation, catalog), operation)
  return operate(checkTarget(operation.check, catalog), operation)
}

function operate<R extends Row>(target: Target<R>, operation: CatalogOperation): string[] {
  const { kind, verb } = operation
  const row = target.row()
  const asked = indexIn(operation)
  if (verb === 'get') {
    if (!row) throw new OperationProblem(`${target.what} doesn't exist`)
    return [textOf(kind, target.shown(row))]
  }
  if (verb === 'cas' && (asked === 0 ? row !== undefined : row?.ModifyIndex !== asked))
    throw new OperationProblem(`failed to set ${target.what}, index is stale`)
  if (verb === 'set' || verb === 'cas') {
    target.put()
    const written = target.row()
    return written ? [textOf(kind, target.shown(written))] : []
  }
  if (verb === 'delete-cas' && row?.ModifyIndex !== asked)
    throw new OperationProblem(`failed to delete ${target.what}, index is stale`)
  if (verb !== 'delete' && verb !== 'delete-cas')
    throw new OperationProblem(`unknown ${kind} verb ${JSON.stringify(verb)}`)
  target.remove()
  return []
}

function indexIn(operation: CatalogOperation): number {
  if (operation.kind === 'Node') return operation.node.ModifyIndex ?? 0
  return (operation.kind === 'Service' ? operation.service : operation.check).ModifyIndex ?? 0
}

function textOf(kind: string, shown: object): string {
  return `{"${kind}":${JSON.stringify(shown)}}`
}

function nodeTarget(node: NodeFields, catalog: Catalog, Datacenter: string): Target<NodeRow> {
  const { ID = '', Node = '', Address = '', TaggedAddresses = null, Meta = null } = node
  return {
    what: `node ${JSON.stringify(Node)}`,
    row: () => (Node === '' && ID !== '' ? withId(catalog, ID) : catalog.node(Node)),
    put() {
      requireShort('A name, an id or an address', ID, Node, Address)
      const problem = reservedProblem(catalog, { ID, Node, Address })
      if (problem) throw new OperationProblem(problem)
      putNode(catalog, { ID, Node, Address, Datacenter, TaggedAddresses, Meta })
    },
    remove: () => catalog.deleteNode(Node),
    shown: row => row,
  }
}

function withId(catalog: Catalog, id: string): NodeRow | undefined {
  const problem = nodeIdProblem(id)
  if (problem) throw new OperationProblem(`node lookup by ID failed, wrong UUID: ${problem} for '${id}'`)
  return catalog.nodeWithId(id)
}

function serviceTarget(
  { on, service }: Extract<CatalogOperation, { kind: 'Service' }>,
  catalog: Catalog,
): Target<ServiceRow> {
  const id = service.ID || (service.Service ?? '')
  return {
    what: `service ${JSON.stringify(id)} on node ${JSON.stringify(on)}`,
    row: () => catalog.service(on, id),
    put() {
      requireNode(catalog, on)
      requireShort('A name, an id or an address', id, service.Service, service.Address)
      requireFewTags(service.Tags)
      refuseSidecar(service)
      validateMesh(service, 500)
      putService(catalog, on, service)
    },
    remove: () => catalog.deleteService(on, id),
    shown: row => ({ ...healthService(row), Tags: listOf(row.Tags) }),
  }
}

function checkTarget(check: CatalogCheckFields, catalog: Catalog): Target<CheckRow> {
  const { Node = '', ServiceID = '', Name = '' } = check
  const id = check.CheckID || Name
  return {
    what: `check ${JSON.stringify(id)} on node ${JSON.stringify(Node)}`,
    row: () => catalog.check(Node, id),
    put() {
      requireNode(catalog, Node)
      requireShort('A text of a check', id, Name)
      if (ServiceID !== '' && !catalog.service(Node, ServiceID))
        throw new OperationProblem('Missing service registration')
      putCheck(catalog, Node, check)
    },
    remove: () => catalog.deleteCheck(Node, id),
    shown: row => ({ ...row, ServiceTags: listOf(row.ServiceTags) }),
  }
}

/** Here Consul shows what is empty as null. */
function listOf(tags: readonly string[]): readonly string[] | null {
  return tags.length > 0 ? tags : null
}

function requireNode(catalog: Catalog, node: string): void {
  if (!catalog.node(node)) throw new OperationProblem('Missing node registration')
}
