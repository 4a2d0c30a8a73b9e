import { ConsulRefusedError } from '../errors.ts'
import type { CallGuard } from '../http/guard.ts'
import type { Catalog } from '../state/catalog.ts'
import type { CatalogDeregistration, CatalogRegistration } from '../state/catalog-writes.ts'
import { isSameName } from '../state/folded.ts'
import type { CheckRow, NodeRow } from '../state/rows.ts'

/**
 * Requires what it takes to write that to the catalog: the right on the node where it is new or another than before; on the service, and on the one of
 * that id before; on the services of the checks, or on the node, and the same of the checks that are replaced. Throws `ForbiddenError`, `ConsulRefusedError`.
 */
export function requireRegistrable(guard: CallGuard, registration: CatalogRegistration, catalog: Catalog): void {
  if (!guard.isControlled) return
  const { Node = '', Service: service, Check, Checks = [] } = registration
  if (changesNode(registration, catalog)) {
    guard.require('nodes:write', Node)
    for (const { Node: former } of replacedNodes(catalog, registration)) guard.require('nodes:write', former)
  }
  const id = service?.ID || service?.Service
  if (service) {
    guard.require('services:register', service.Service ?? '')
    const before = catalog.service(Node, id ?? '')
    if (before) guard.require('services:register', before.Service)
  }
  for (const { ServiceID = '', CheckID, Name = '' } of [...(Check ? [Check] : []), ...Checks]) {
    if (ServiceID === '') guard.require('nodes:write', Node)
    else if (ServiceID !== id) requireServiceOf(guard, { node: Node, id: ServiceID, catalog })
    const replaced = catalog.check(Node, CheckID || Name)
    if (replaced && !isSameName(replaced.ServiceID, ServiceID)) requireCheck(guard, replaced)
  }
}

/** Requires the right on what a check is about: its service, or the node. Throws `ForbiddenError`. */
export function requireCheck(guard: CallGuard, { ServiceID, ServiceName, Node }: CheckRow): void {
  if (ServiceID === '') guard.require('nodes:write', Node)
  else guard.require('services:register', ServiceName)
}

/** Requires the right on the node; else on the service, or on what the check is about. Throws `ForbiddenError`, `ConsulRefusedError`. */
export function requireDeregistrable(guard: CallGuard, deregistration: CatalogDeregistration, catalog: Catalog): void {
  const { Node = '', ServiceID = '', CheckID = '' } = deregistration
  if (!guard.isControlled) return
  if (guard.may('nodes:write', Node)) return guard.require('nodes:write', Node)
  if (ServiceID !== '') {
    const row = catalog.service(Node, ServiceID)
    if (!row) throw new ConsulRefusedError(500, `Unknown service '${ServiceID}'`)
    return guard.require('services:register', row.Service)
  }
  const check = CheckID === '' ? undefined : catalog.check(Node, CheckID)
  if (CheckID !== '' && !check) throw new ConsulRefusedError(500, `Unknown check '${CheckID}'`)
  if (check) requireCheck(guard, check)
  else guard.require('nodes:write', Node)
}

/** Those that a node takes the place of: of its name, and of its id. */
export function replacedNodes(catalog: Catalog, { ID = '', Node = '' }: { ID?: string; Node?: string }): NodeRow[] {
  return [catalog.node(Node), ID === '' ? undefined : catalog.nodeWithId(ID)].filter(row => row !== undefined)
}

function requireServiceOf(
  guard: CallGuard,
  { node, id, catalog }: { node: string; id: string; catalog: Catalog },
): void {
  const row = catalog.service(node, id)
  if (!row) throw new ConsulRefusedError(500, `Unknown service '${id}' for check`)
  guard.require('services:register', row.Service)
}

/** Whether a registration makes a node, or makes another of it. */
function changesNode(registration: CatalogRegistration, catalog: Catalog): boolean {
  const { ID = '', Node = '', Address = '', TaggedAddresses, NodeMeta, SkipNodeUpdate = false } = registration
  const before = catalog.node(Node)
  if (!before) return true
  if (SkipNodeUpdate) return false
  return (
    Node !== before.Node ||
    (ID !== '' && ID !== before.ID) ||
    Address !== before.Address ||
    !isSame(TaggedAddresses, before.TaggedAddresses) ||
    !isSame(NodeMeta, before.Meta)
  )
}

function isSame(a: Readonly<Record<string, string>> | null = null, b: typeof a = null): boolean {
  const [left, right] = [Object.entries(a ?? {}), b ?? {}]
  return left.length === Object.keys(right).length && left.every(([key, value]) => right[key] === value)
}
