import type { ConsulState } from '../consul-state.ts'
import { ConsulRefusedError } from '../errors.ts'
import { decodeBody } from '../go/decode.ts'
import { type Answer, json, verdict } from '../http/answer.ts'
import type { Call } from '../http/call.ts'
import type { ConsulRoute } from '../http/route-table.ts'
import type { Sees } from '../http/sight.ts'
import { requireDatacenter, unanswerable } from '../live/query-options.ts'
import { topicOf } from '../live/topics.ts'
import { type SessionFields, sessionIdProblem, type SessionRow } from '../sessions/sessions.ts'
import { topicQuestion } from './questions.ts'

/** `/v1/session`: sessions, which hold keys. */
export function sessionRoutes(state: ConsulState): ConsulRoute[] {
  const routes = new SessionRoutes(state)
  return [
    { path: '/v1/session/create', methods: { PUT: routes.create }, support: 'yes' },
    {
      path: '/v1/session/destroy/',
      pattern: '/v1/session/destroy/:id',
      methods: { PUT: routes.destroy },
      support: 'yes',
    },
    { path: '/v1/session/renew/', pattern: '/v1/session/renew/:id', methods: { PUT: routes.renew }, support: 'yes' },
    { path: '/v1/session/info/', pattern: '/v1/session/info/:id', methods: { GET: routes.info }, support: 'yes' },
    { path: '/v1/session/node/', pattern: '/v1/session/node/:node', methods: { GET: routes.node }, support: 'yes' },
    { path: '/v1/session/list', methods: { GET: routes.list }, support: 'yes' },
  ]
}

const SESSION_SHAPE = {
  fields: {
    Name: 'string',
    Node: 'string',
    LockDelay: 'duration',
    Behavior: 'string',
    TTL: 'string',
    Checks: { list: { named: 'types.CheckID' } },
    NodeChecks: { list: 'string' },
    ServiceChecks: { list: { go: 'structs.ServiceCheck', fields: { ID: 'string', Namespace: 'string' }, open: true } },
  },
  open: true,
} as const

/** Of a session that is said in so many characters at most none is refused for memory: locks are needed on bad days too. */
const SHORT_CHARACTERS = 1_024

class SessionRoutes {
  readonly #state: ConsulState

  constructor(state: ConsulState) {
    this.#state = state
  }

  readonly create = async (call: Call): Promise<Answer> => {
    requireDatacenter(call, this.#state.settings.datacenter)
    const body = (await call.bytes()).toString()
    const fields = body === '' ? {} : (decodeBody(body, SESSION_SHAPE) as SessionFields)
    call.guard.require('sessions:write', fields.Node || this.#state.settings.nodeName)
    if (body.length > SHORT_CHARACTERS) this.#state.requireMemory()
    const { ID } = this.#state.sessions.create(fields)
    await this.#state.journal.kept()
    return json({ ID })
  }

  readonly destroy = async (call: Call): Promise<Answer> => {
    const id = this.#idOf(call)
    const session = this.#state.sessions.get(id)
    if (session) call.guard.require('sessions:write', session.Node)
    this.#state.sessions.destroy(id)
    await this.#state.journal.kept()
    return verdict(true)
  }

  readonly renew = (call: Call): Answer => {
    const id = this.#idOf(call)
    const session = this.#state.sessions.get(id)
    if (!session) throw new ConsulRefusedError(404, `Session id '${id}' not found`)
    call.guard.require('sessions:write', session.Node)
    this.#state.sessions.renew(id)
    return json([session])
  }

  readonly info = (call: Call): Answer | Promise<Answer> => {
    if (call.rest === '') throw new ConsulRefusedError(400, 'Missing session')
    const problem = sessionIdProblem(call.rest)
    if (problem) throw unanswerable(problem)
    const { sessions } = this.#state
    const id = call.rest.toLowerCase()
    return this.#list(call, { topic: `session/${id}`, rows: () => [sessions.get(id)].filter(row => row !== undefined) })
  }

  readonly node = (call: Call): Answer | Promise<Answer> => {
    const { rest: node } = call
    if (node === '') throw new ConsulRefusedError(400, 'Missing node name')
    return this.#list(call, { topic: topicOf('sessions', node), rows: () => this.#state.sessions.list(node) })
  }

  readonly list = (call: Call): Answer | Promise<Answer> =>
    this.#list(call, { topic: 'sessions', rows: () => this.#state.sessions.list() })

  #list(call: Call, { topic, rows }: { topic: string; rows: () => readonly SessionRow[] }): Answer | Promise<Answer> {
    const make = (sees: Sees) => JSON.stringify(rows().filter(({ Node }) => sees('sessions:read', Node)))
    const question = (sees: Sees) => topicQuestion(this.#state.topics, [topic], () => make(sees))
    const sight = call.guard.sight({ right: 'sessions:read' })
    return this.#state.reader.read(call, { key: topic, question, sight, tellsConsistency: false })
  }

  /** Of the session that is written to. */
  #idOf(call: Call): string {
    if (call.rest === '') throw new ConsulRefusedError(400, 'Missing session')
    requireDatacenter(call, this.#state.settings.datacenter)
    const problem = sessionIdProblem(call.rest)
    if (problem) throw new ConsulRefusedError(500, problem)
    return call.rest
  }
}
