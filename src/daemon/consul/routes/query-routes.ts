import { systemRandom } from '../../../core/random.ts'
import type { ConsulState } from '../consul-state.ts'
import { ConsulRefusedError } from '../errors.ts'
import { type Answer, done, json } from '../http/answer.ts'
import type { Call } from '../http/call.ts'
import type { ConsulRoute } from '../http/route-table.ts'
import type { Sees } from '../http/sight.ts'
import { guardOf, requireNamed, sealed, shown, shownInList } from './query-rights.ts'
import { queryOptions, requireDatacenter, unanswerable, waitOptions } from '../live/query-options.ts'
import { executeQuery } from '../queries/execute-query.ts'
import { idProblem } from '../go/uuid.ts'
import { QUERY_SHAPE, type QueryFields, type QueryRow } from '../queries/query-row.ts'
import { topicQuestion } from './questions.ts'

/** `/v1/query`: prepared queries. */
export function queryRoutes(state: ConsulState): ConsulRoute[] {
  const routes = new QueryRoutes(state)
  return [
    {
      path: '/v1/query',
      methods: { GET: routes.list, POST: routes.create },
      support: 'yes',
      note: 'Within one data centre; Connect is refused.',
    },
    {
      path: '/v1/query/',
      pattern: '/v1/query/:id, …/execute, …/explain',
      methods: { GET: routes.get, PUT: routes.update, DELETE: routes.delete },
      support: 'yes',
      note: 'Failover to other data centres finds nothing; patterns of templates may not nest repetitions.',
    },
  ]
}

class QueryRoutes {
  readonly #state: ConsulState

  constructor(state: ConsulState) {
    this.#state = state
  }

  readonly list = (call: Call): Answer | Promise<Answer> => {
    const { queries, topics, reader } = this.#state
    const list = (sees: Sees) => queries.list().flatMap(query => shownInList(query, sees))
    const question = (sees: Sees) => topicQuestion(topics, ['queries'], () => JSON.stringify(list(sees)))
    const sight = call.guard.sight({ right: 'acl:write' })
    return reader.read(call, { key: 'queries', question, sight, tellsConsistency: true })
  }

  readonly create = async (call: Call): Promise<Answer> => {
    requireDatacenter(call, this.#state.settings.datacenter)
    const fields = await call.decode<QueryFields>(QUERY_SHAPE)
    requireNamed(call, fields)
    this.#state.requireMemory()
    const { ID } = this.#state.queries.create(sealed(call, fields))
    await this.#state.journal.kept()
    return json({ ID })
  }

  readonly get = (call: Call): Answer => {
    const [, name = '', action] = /^(.*)\/(execute|explain)$/s.exec(call.rest) ?? []
    const { consistency } = waitOptions(call)
    const limit = action === 'execute' ? limitOf(call) : 0
    queryOptions(call, this.#state.settings.datacenter)
    const headers = [...HEADERS, 'X-Consul-Effective-Consistency', consistency]
    if (action === 'execute') return this.#execute(call, { name, limit, headers, consistency })
    if (action === 'explain') {
      const query = shown(call, this.#resolved(name))
      return json({ Query: query, ...readWith(consistency) }, { headers })
    }
    const id = call.rest
    const problem = queryIdProblem(id)
    if (problem) throw unanswerable(problem)
    const query = this.#state.queries.get(id)
    if (!query) throw new ConsulRefusedError(404, 'Query not found')
    return json([shown(call, query)], { headers: ['X-Consul-Index', String(query.ModifyIndex), ...headers.slice(2)] })
  }

  readonly update = async (call: Call): Promise<Answer> => {
    requireDatacenter(call, this.#state.settings.datacenter)
    const fields = await call.decode<QueryFields>(QUERY_SHAPE)
    requireUuid(call.rest)
    const before = this.#state.queries.get(call.rest)
    requireNamed(call, fields, before)
    this.#state.requireMemory()
    this.#state.queries.update(call.rest, sealed(call, fields, before))
    await this.#state.journal.kept()
    return done
  }

  readonly delete = async (call: Call): Promise<Answer> => {
    requireDatacenter(call, this.#state.settings.datacenter)
    requireUuid(call.rest)
    requireNamed(call, this.#state.queries.get(call.rest))
    this.#state.queries.delete(call.rest)
    await this.#state.journal.kept()
    return done
  }

  #execute(call: Call, { name, limit, headers, consistency }: Execution): Answer {
    const { view, settings, context } = this.#state
    const query = this.#resolved(name)
    for (const spelled of view.alike(query.Service.Service)) context.store.rosters.polled(spelled)
    const guard = guardOf(call, query)
    const Nodes = executeQuery(query, {
      view,
      isShown: ({ node, service }) => guard.may('nodes:read', node.Node) && guard.may('services:read', service.Service),
      random: systemRandom,
      ownNode: settings.nodeName,
      near: call.param('near'),
      limit,
    })
    const cached = call.has('cached') ? ['X-Cache', 'MISS'] : []
    const found = {
      Service: query.Service.Service,
      Nodes,
      DNS: query.DNS,
      Datacenter: settings.datacenter,
      Failovers: 0,
    }
    return json({ ...found, ...readWith(consistency) }, { headers: [...headers, ...cached] })
  }

  #resolved(name: string): QueryRow {
    const query = this.#state.queries.resolve(name)
    if (!query) throw new ConsulRefusedError(404, 'Query not found')
    return query
  }
}

interface Execution {
  readonly name: string
  /** How many are to be found at most; 0 for all. */
  readonly limit: number
  readonly headers: readonly string[]
  readonly consistency: string
}

const HEADERS = ['X-Consul-Index', '1', 'X-Consul-Knownleader', 'true', 'X-Consul-Lastcontact', '0']

function readWith(ConsistencyLevel: string): object {
  return { Index: 0, LastContact: 0, KnownLeader: true, ConsistencyLevel }
}

function limitOf(call: Call): number {
  const limit = call.param('limit')
  if (/^(?:[+-]?\d{1,15})?$/.test(limit)) return Math.max(0, Number(limit))
  throw new ConsulRefusedError(500, `Bad limit: strconv.Atoi: parsing ${JSON.stringify(limit)}: invalid syntax`)
}

function requireUuid(id: string): void {
  const problem = queryIdProblem(id)
  if (problem) throw new ConsulRefusedError(500, `Prepared Query lookup failed: ${problem}`)
}

function queryIdProblem(id: string): string | undefined {
  const problem = idProblem(id)
  return problem && `failed prepared query lookup: index error: ${problem}`
}
