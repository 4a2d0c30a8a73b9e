import { ForbiddenError } from '../../access/errors.ts'
import type { ConsulState } from '../consul-state.ts'
import { ConsulRefusedError } from '../errors.ts'
import { decodeBody, type Shape } from '../go/decode.ts'
import { type Answer, Body, jsonBody } from '../http/answer.ts'
import type { Call } from '../http/call.ts'
import type { CallGuard } from '../http/guard.ts'
import type { ConsulRoute } from '../http/route-table.ts'
import { isWrite, type KvOperation, type Outcome, transact } from '../kv/transaction.ts'
import { requireDatacenter } from '../live/query-options.ts'
import { CONSUL_LIMITS } from '../state/limits.ts'

/** `/v1/txn`: several operations on keys, all or none. */
export function txnRoutes(state: ConsulState): ConsulRoute[] {
  const txn = async (call: Call): Promise<Answer> => {
    requireDatacenter(call, state.settings.datacenter)
    const operations = operationsOf((await call.bytes()).toString())
    const isWriting = operations.some(isWrite)
    const refused = refusedOf(call.guard, operations)
    const { kv, sessions } = state
    const sees = (key: string) => call.guard.may('kv:read', key)
    const outcome = refused.length > 0 ? { results: [], errors: refused } : transact(operations, { kv, sessions, sees })
    const { results, errors } = outcome
    if (isWriting) await state.journal.kept()
    const body = new Body(outcomeJson(results, { errors, isWriting }))
    const headers = isWriting ? [] : ['X-Consul-Knownleader', 'true', 'X-Consul-Lastcontact', '0']
    return jsonBody(body, { status: errors.length > 0 ? 409 : 200, headers })
  }
  return [
    {
      path: '/v1/txn',
      methods: { PUT: txn },
      support: 'partly',
      note: 'Operations on keys; those on nodes, services and checks are refused.',
    },
  ]
}

/** Reading takes no right: what may not be seen is left out of the results. */
const FILTERED = new Set(['get', 'get-tree'])
const CHECKING = new Set(['check-session', 'check-index'])

/** The operations that the caller may not do. */
function refusedOf(guard: CallGuard, operations: readonly KvOperation[]): Outcome['errors'] {
  return [...operations.entries()].flatMap(([OpIndex, { Verb = '', Key = '' }]) => {
    if (FILTERED.has(Verb)) return []
    try {
      if (Verb === 'delete-tree') guard.requireAll('kv:write', Key)
      else guard.require(CHECKING.has(Verb) ? 'kv:read' : 'kv:write', Key)
      return []
    } catch (error) {
      if (!(error instanceof ForbiddenError)) throw error
      return [{ OpIndex, What: 'Permission denied' }]
    }
  })
}

interface Operation {
  readonly KV?: KvOperation
  readonly Node?: unknown
  readonly Service?: unknown
  readonly Check?: unknown
}

const TXN_SHAPE: Shape = {
  list: {
    fields: {
      KV: {
        fields: {
          Verb: 'string',
          Key: 'string',
          Value: 'string',
          Flags: 'int',
          Index: 'int',
          Session: 'string',
          Namespace: 'string',
        },
      },
      Node: 'any',
      Service: 'any',
      Check: 'any',
      Intention: 'any',
    },
    open: true,
  },
}

function operationsOf(text: string): KvOperation[] {
  const operations = parse(text)
  if (operations.length > CONSUL_LIMITS.operations) {
    const counts = `(${operations.length} > ${CONSUL_LIMITS.operations})`
    throw new ConsulRefusedError(413, `Transaction contains too many operations ${counts}`)
  }
  for (const { Node, Service, Check } of operations) {
    if (Node ?? Service ?? Check)
      throw new ConsulRefusedError(
        501,
        'This registry does transactions on keys only: write nodes, services and checks by /v1/catalog/register',
      )
  }
  return operations.flatMap(({ KV }) => (KV ? [checked(KV)] : []))
}

function parse(text: string): Operation[] {
  try {
    return (decodeBody(text, TXN_SHAPE) ?? []) as Operation[]
  } catch (error) {
    if (!(error instanceof ConsulRefusedError)) throw error
    const problem = error.message.replace('Request decode failed: ', '').replace(/type \[\]struct$/, 'type api.TxnOps')
    throw new ConsulRefusedError(400, `Failed to parse body: ${problem}`)
  }
}

function checked(operation: KvOperation): KvOperation {
  const { Value = '', Key = '' } = operation
  const bad = /[^A-Za-z0-9+/=\r\n]/.exec(Value)
  if (bad || Value.length % 4 !== 0)
    throw new ConsulRefusedError(
      400,
      `Failed to parse body: illegal base64 data at input byte ${bad?.index ?? Value.length}`,
    )
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
  const shown = errors.length > 0 ? 'null' : `[${results.map(result => `{"KV":${result}}`).join(',')}]`
  const failed = errors.length > 0 ? JSON.stringify(errors) : 'null'
  const read = isWriting ? '' : ',"Index":0,"LastContact":0,"KnownLeader":true,"ConsistencyLevel":""'
  return `{"Results":${shown},"Errors":${failed}${read}}`
}
