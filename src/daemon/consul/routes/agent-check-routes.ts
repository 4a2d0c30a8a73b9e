import {
  type CheckFields,
  isStatus,
  OWN_CHECK_SHAPE,
  validateCheck,
  withoutAliases,
} from '../checks/check-definition.ts'
import type { ConsulState } from '../consul-state.ts'
import { ConsulRefusedError } from '../errors.ts'
import { type Answer, done, json } from '../http/answer.ts'
import type { Call } from '../http/call.ts'
import type { ConsulHandler, ConsulRoute } from '../http/route-table.ts'
import { agentCheck } from '../rows/forms.ts'
import type { CheckRow, CheckStatus } from '../state/rows.ts'
import { agentFilterOf } from './filtering.ts'

/** `/v1/agent/check…`: the checks of this agent. */
export function agentCheckRoutes(state: ConsulState): ConsulRoute[] {
  const routes = new AgentCheckRoutes(state)
  return [
    { path: '/v1/agent/checks', methods: { GET: routes.list }, support: 'yes', reads: 'all' },
    {
      path: '/v1/agent/check/register',
      methods: { PUT: routes.register },
      support: 'yes',
      note: 'TTL, HTTP, TCP, gRPC and alias; script where it is enabled; no Docker.',
    },
    {
      path: '/v1/agent/check/deregister/',
      pattern: '/v1/agent/check/deregister/:id',
      methods: { PUT: routes.deregister },
      support: 'yes',
    },
    {
      path: '/v1/agent/check/pass/',
      pattern: '/v1/agent/check/pass/:id',
      methods: { PUT: routes.tell('passing') },
      support: 'yes',
    },
    {
      path: '/v1/agent/check/warn/',
      pattern: '/v1/agent/check/warn/:id',
      methods: { PUT: routes.tell('warning') },
      support: 'yes',
    },
    {
      path: '/v1/agent/check/fail/',
      pattern: '/v1/agent/check/fail/:id',
      methods: { PUT: routes.tell('critical') },
      support: 'yes',
    },
    {
      path: '/v1/agent/check/update/',
      pattern: '/v1/agent/check/update/:id',
      methods: { PUT: routes.update },
      support: 'yes',
    },
  ]
}

class AgentCheckRoutes {
  readonly #state: ConsulState

  constructor(state: ConsulState) {
    this.#state = state
  }

  readonly list = (call: Call): Answer => {
    const matches = agentFilterOf(call, 'check')()
    const rows = this.#state.agent.checks().filter(row => maySee(call, row))
    const entries = rows.map(row => [row.CheckID, agentCheck(row)] as const)
    return json(Object.fromEntries(entries.filter(([, check]) => matches(check))))
  }

  readonly register = async (call: Call): Promise<Answer> => {
    const fields = withoutAliases(await call.decode<CheckFields>(OWN_CHECK_SHAPE))
    if (!fields.Name) throw new ConsulRefusedError(400, 'Missing check name')
    if (fields.Status && !isStatus(fields.Status)) throw new ConsulRefusedError(400, 'Bad check status')
    validateCheck(fields)
    this.#requireAbout(call, fields.ServiceID ?? '')
    this.#requireReplaced(call, fields.ID || fields.Name)
    this.#state.requireMemory()
    this.#state.agent.registerCheck(fields)
    await this.#state.journal.kept()
    return done
  }

  readonly deregister = async (call: Call): Promise<Answer> => {
    if (call.rest === '') throw new ConsulRefusedError(500, 'CheckID missing')
    this.#requireKnown(call)
    this.#state.agent.deregisterCheck(call.rest)
    await this.#state.journal.kept()
    return done
  }

  /** Telling what is known already changes nothing that would have to be kept, and is answered at once. */
  tell(status: CheckStatus): ConsulHandler {
    return call => this.#tell(call, { status, output: call.param('note') })
  }

  readonly update = async (call: Call): Promise<Answer> => {
    const { Status = '', Output = '' } = await call.decode<{ Status?: string; Output?: string }>(UPDATE_SHAPE)
    if (!isStatus(Status)) throw new ConsulRefusedError(400, `Invalid check status: '${Status}'`)
    return this.#tell(call, { status: Status, output: Output })
  }

  /** A check takes the right on its service; one of the whole node on that. */
  #requireAbout(call: Call, serviceId: string): void {
    const { agent } = this.#state
    if (serviceId === '') return call.guard.requireTelling('nodes:write', agent.node)
    const service = agent.service(serviceId)
    if (service) call.guard.requireTelling('services:register', service.Service)
  }

  /** What is there already of that id takes the same. */
  #requireReplaced(call: Call, checkId: string): void {
    const existing = call.guard.isControlled && this.#state.agent.checkReplacedBy(checkId)
    if (existing) requireOn(call, existing)
  }

  /** Where there are rules, a check that is not there is an error, as it is of Consul's agent. */
  #requireKnown(call: Call): void {
    if (!call.guard.isControlled) return
    const existing = this.#state.agent.check(call.rest)
    if (!existing) throw new ConsulRefusedError(500, `Unknown check ${JSON.stringify(call.rest)}`)
    requireOn(call, existing)
  }

  #tell(call: Call, finding: { status: CheckStatus; output: string }): Answer | Promise<Answer> {
    const { agent, journal } = this.#state
    this.#requireKnown(call)
    agent.tell(call.rest, finding)
    return journal.isPending ? journal.kept().then(() => done) : done
  }
}

const UPDATE_SHAPE = { go: 'agent.checkUpdate', fields: { Status: 'string', Output: 'string' } } as const

function requireOn(call: Call, { ServiceID, ServiceName, Node }: CheckRow): void {
  if (ServiceID === '') call.guard.requireTelling('nodes:write', Node)
  else call.guard.requireTelling('services:register', ServiceName)
}

function maySee({ guard }: Call, { ServiceID, ServiceName, Node }: CheckRow): boolean {
  return ServiceID === '' ? guard.may('nodes:read', Node) : guard.may('services:read', ServiceName)
}
