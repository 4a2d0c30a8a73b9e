import { ForbiddenError } from '../../access/errors.ts'
import type { ConsulState } from '../consul-state.ts'
import { ConsulRefusedError } from '../errors.ts'
import { decodeBody, type Shape } from '../go/decode.ts'
import { type Answer, Body, jsonBody } from '../http/answer.ts'
import type { Call } from '../http/call.ts'
import type { CallGuard } from '../http/guard.ts'
import type { ConsulRoute } from '../http/route-table.ts'
import { replacedNodes } from './catalog-rights.ts'
import { jsonArray } from './questions.ts'
import { requireDatacenter } from '../live/query-options.ts'
import type { Catalog } from '../state/catalog.ts'
import {
  CATALOG_CHECK_SHAPE,
  CATALOG_SERVICE_SHAPE,
  type CatalogCheckFields,
  type CatalogServiceFields,
} from '../state/catalog-writes.ts'
import { CONSUL_LIMITS } from '../state/limits.ts'
import type { CatalogOperation, NodeFields } from '../txn/catalog-operations.ts'
import type { KvOperation } from '../txn/key-operations.ts'
import { isAddition, isWrite, type Operation, type Outcome, transact } from '../txn/transact.ts'

/** `/v1/txn`: several operations on keys, nodes, services and checks, all or none. */
export function txnRoutes(state: ConsulState): ConsulRoute[] {
  const txn = async (call: Call): Promise<Answer> => {
    requireDatacenter(call, state.settings.datacenter)
    const operations = operationsOf((await call.bytes()).toString())
    const isWriting = operations.some(isWrite)
    if (operations.some(isAddition)) state.requireMemory()
    const { kv, sessions, catalog, journal, stamps } = state
    const refused = refusedOf(call.guard, { operations, catalog })
    const { datacenter } = state.settings
    const sees = (key: string) => call.guard.may('kv:read', key)
    const context = { kv, sessions, sees, catalog, journal, stamps, datacenter }
    const { results, errors } = refused.length > 0 ? { results: [], errors: refused } : transact(operations, context)
    if (isWriting) await state.journal.kept()
    const body = new Body(outcomeJson(results, { errors, isWriting }))
    const headers = isWriting ? [] : ['X-Consul-Knownleader', 'true', 'X-Consul-Lastcontact', '0']
    return jsonBody(body, { status: errors.length > 0 ? 409 : 200, headers })
  }
  return [
    {
      path: '/v1/txn',
      methods: { PUT: txn },
      support: 'yes',
    },
  ]
}

/** Reading takes no right: what may not be seen is left out of the results. */
const FILTERED = new Set(['get', 'get-tree'])
const CHECKING = new Set(['check-session', 'check-index'])

/** The operations that the caller may not do. */
function refusedOf(
  guard: CallGuard,
  { operations, catalog }: { operations: readonly Operation[]; catalog: Catalog },
): Outcome['errors'] {
  return [...operations.entries()].flatMap(([OpIndex, operation]) => {
    try {
      if (operation.kind === 'KV') requireKey(guard, operation.key)
      else requireCatalog(guard, operation, catalog)
      return []
    } catch (error) {
      if (!(error instanceof ForbiddenError)) throw error
      return [{ OpIndex, What: 'Permission denied' }]
    }
  })
}

function requireKey(guard: CallGuard, { Verb = '', Key = '' }: KvOperation): void {
  if (FILTERED.has(Verb)) return
  if (Verb === 'delete-tree') guard.requireAll('kv:write', Key)
  else guard.require(CHECKING.has(Verb) ? 'kv:read' : 'kv:write', Key)
}

/** What belongs to a service takes the right on its node as well: another service may have that id now. */
function requireCatalog(guard: CallGuard, operation: CatalogOperation, catalog: Catalog): void {
  const node = nodeOf(operation)
  if (operation.verb !== 'get') {
    const replaced = guard.isControlled && operation.kind === 'Node' ? replacedNodes(catalog, operation.node) : []
    for (const name of [node, ...replaced.map(({ Node }) => Node)]) guard.require('nodes:write', name)
    return
  }
  guard.require('nodes:read', node)
  if (operation.kind !== 'Node') guard.requireAll('services:read', '')
}

function nodeOf(operation: CatalogOperation): string {
  if (operation.kind === 'Service') return operation.on
  return (operation.kind === 'Node' ? operation.node.Node : operation.check.Node) ?? ''
}

/** One operation as it is sent: of one of the kinds. */
interface SentOperation {
  readonly KV?: KvOperation
  readonly Node?: { readonly Verb?: string; readonly Node?: NodeFields }
  readonly Service?: { readonly Verb?: string; readonly Node?: string; readonly Service?: CatalogServiceFields }
  readonly Check?: { readonly Verb?: string; readonly Check?: CatalogCheckFields }
}

const NODE_SHAPE: Shape = {
  go: 'api.Node',
  fields: {
    ID: 'string',
    Node: 'string',
    Address: 'string',
    Datacenter: 'string',
    TaggedAddresses: { map: 'string' },
    Meta: { map: 'string' },
    CreateIndex: 'uint',
    ModifyIndex: 'uint',
  },
}

const TXN_SHAPE: Shape = {
  list: {
    go: 'api.TxnOp',
    fields: {
      KV: {
        go: 'api.KVTxnOp',
        fields: {
          Verb: { named: 'api.KVOp' },
          Key: 'string',
          Value: 'base64',
          Flags: 'uint',
          Index: 'uint',
          Session: 'string',
          Namespace: 'string',
        },
      },
      Node: { go: 'api.NodeTxnOp', fields: { Verb: { named: 'api.NodeOp' }, Node: NODE_SHAPE } },
      Service: {
        go: 'api.ServiceTxnOp',
        fields: {
          Verb: { named: 'api.ServiceOp' },
          Node: 'string',
          Service: { go: 'api.AgentService', fields: { ...CATALOG_SERVICE_SHAPE.fields, Namespace: 'string' } },
        },
      },
      Check: {
        go: 'api.CheckTxnOp',
        fields: {
          Verb: { named: 'api.CheckOp' },
          Check: { go: 'api.HealthCheck', fields: { ...CATALOG_CHECK_SHAPE.fields, Namespace: 'string' } },
        },
      },
    },
  },
}

function operationsOf(text: string): Operation[] {
  const operations = parse(text)
  if (operations.length > CONSUL_LIMITS.operations) {
    const counts = `(${operations.length} > ${CONSUL_LIMITS.operations})`
    throw new ConsulRefusedError(413, `Transaction contains too many operations ${counts}`)
  }
  return operations.flatMap(operationOf)
}

function operationOf({ KV, Node, Service, Check }: SentOperation): Operation[] {
  if (KV) return [{ kind: 'KV', key: checked(KV) }]
  if (Node) return [{ kind: 'Node', verb: Node.Verb ?? '', node: Node.Node ?? {} }]
  if (Service)
    return [{ kind: 'Service', verb: Service.Verb ?? '', on: Service.Node ?? '', service: Service.Service ?? {} }]
  return Check ? [{ kind: 'Check', verb: Check.Verb ?? '', check: Check.Check ?? {} }] : []
}

function parse(text: string): SentOperation[] {
  try {
    return (decodeBody(text, TXN_SHAPE) ?? []) as SentOperation[]
  } catch (error) {
    if (!(error instanceof ConsulRefusedError)) throw error
    const problem = error.message
      .replace('Request decode failed: ', '')
      .replace(/type \[\]api\.TxnOp$/, 'type api.TxnOps')
    throw new ConsulRefusedError(400, `Failed to parse body: ${problem}`)
  }
}

function checked(operation: KvOperation): KvOperation {
  const { Value = '', Key = '' } = operation
  const bytes = Buffer.byteLength(Value, 'base64')
  if (bytes <= CONSUL_LIMITS.valueBytes) return operation
  throw new ConsulRefusedError(
    413,
    `Value for key ${JSON.stringify(Key)} is too large (${bytes} > ${CONSUL_LIMITS.valueBytes} bytes)`,
  )
}

function outcomeJson(
  results: readonly string[],
  { errors, isWriting }: { errors: readonly object[]; isWriting: boolean },
): string {
  const shown = errors.length > 0 ? 'null' : jsonArray(results)
  const failed = errors.length > 0 ? JSON.stringify(errors) : 'null'
  const read = isWriting ? '' : ',"Index":0,"LastContact":0,"KnownLeader":true,"ConsistencyLevel":""'
  return `{"Results":${shown},"Errors":${failed}${read}}`
}
