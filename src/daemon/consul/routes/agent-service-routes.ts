import { defaultCheckId } from '../agent/agent.ts'
import {
  SERVICE_SHAPE,
  type ServiceDefinition,
  serviceDefinition,
  type ServiceFields,
} from '../agent/service-definition.ts'
import type { ConsulState } from '../consul-state.ts'
import { ConsulRefusedError } from '../errors.ts'
import { headerValue } from '../go/header-value.ts'
import { type Answer, done, json, text } from '../http/answer.ts'
import type { Call } from '../http/call.ts'
import type { CallGuard } from '../http/guard.ts'
import type { ConsulRoute } from '../http/route-table.ts'
import { waitOptions } from '../live/query-options.ts'
import { contentHash } from '../rows/content-hash.ts'
import { agentHealthCheck, agentService } from '../rows/forms.ts'
import type { CheckRow, ServiceRow } from '../state/rows.ts'
import { isOperator } from '../../access/operator.ts'
import { requireCheck } from './catalog-rights.ts'
import { agentFilterOf } from './filtering.ts'
import { topicQuestion } from './questions.ts'
import { enableOf } from './maintenance.ts'

/** `/v1/agent/service…`, `/v1/agent/health`: what is registered at this agent. */
export function agentServiceRoutes(state: ConsulState): ConsulRoute[] {
  const routes = new AgentServiceRoutes(state)
  return [
    {
      path: '/v1/agent/services',
      methods: { GET: routes.list },
      support: 'yes',
      note: 'Instances of the registry itself are shown too.',
      reads: 'all',
    },
    {
      path: '/v1/agent/service/',
      pattern: '/v1/agent/service/:id',
      methods: { GET: routes.get },
      support: 'yes',
      reads: 'all',
    },
    {
      path: '/v1/agent/service/register',
      methods: { PUT: routes.register },
      support: 'yes',
      note: 'Proxies are kept as they are registered, and sidecars beside their services; there is no mesh that they belong to.',
    },
    {
      path: '/v1/agent/service/deregister/',
      pattern: '/v1/agent/service/deregister/:id',
      methods: { PUT: routes.deregister },
      support: 'yes',
      note: 'An instance of the registry itself can be taken out from its own machine only.',
      reads: 'all',
    },
    {
      path: '/v1/agent/service/maintenance/',
      pattern: '/v1/agent/service/maintenance/:id',
      methods: { PUT: routes.maintain },
      support: 'yes',
      note: 'Of services registered by this API.',
    },
    {
      path: '/v1/agent/health/service/id/',
      pattern: '/v1/agent/health/service/id/:id',
      methods: { GET: routes.healthById },
      support: 'yes',
      reads: 'all',
    },
    {
      path: '/v1/agent/health/service/name/',
      pattern: '/v1/agent/health/service/name/:name',
      methods: { GET: routes.healthByName },
      support: 'yes',
      reads: 'service',
    },
  ]
}

class AgentServiceRoutes {
  readonly #state: ConsulState

  constructor(state: ConsulState) {
    this.#state = state
  }

  readonly list = (call: Call): Answer => {
    const matches = agentFilterOf(call, 'service')()
    const rows = [...this.#rows()].filter(([, { Service }]) => call.guard.may('services:read', Service))
    const entries = rows.map(([id, row]) => [id, agentService(row)] as const)
    return json(Object.fromEntries(entries.filter(([, service]) => matches(service))))
  }

  /** Waits for another content where the client says by `hash` which one it has. */
  readonly get = (call: Call): Answer | Promise<Answer> => {
    const { rest: id } = call
    waitOptions(call)
    const content = () => {
      const row = this.#rows().get(id)
      if (!row) throw new ConsulRefusedError(404, `unknown service ID: ${id}`)
      call.guard.require('services:read', row.Service)
      const service = agentService(row)
      return { service, hash: contentHash(service) }
    }
    const answer = () => {
      const { service, hash } = content()
      return json({ ...service, ContentHash: hash }, { headers: ['X-Consul-Contenthash', hash] })
    }
    const hash = call.param('hash')
    if (hash === '' || content().hash !== hash) return answer()
    const { topics, reader } = this.#state
    const question = () =>
      topicQuestion(topics, ['agent', 'catalog'], () => {
        const row = this.#rows().get(id)
        return row ? JSON.stringify(agentService(row)) : ''
      })
    return reader.waitForAnother(call, { key: `agent/service/${id}`, question }).then(answer)
  }

  readonly register = async (call: Call): Promise<Answer> => {
    const fields = await call.decode<ServiceFields>(SERVICE_SHAPE)
    const replaceChecks =
      call.has('replace-existing-checks') && /^(?:true)?$/.test(call.param('replace-existing-checks'))
    const { agent, journal, settings } = this.#state
    const definition = serviceDefinition(fields, settings.nodeName)
    this.#requireRegistrable(call.guard, definition)
    const sidecar = agent.sidecarOf(definition, fields)
    const token = fields.Connect?.SidecarService?.Token
    if (sidecar) this.#requireRegistrable(token ? call.guardFor({ token }) : call.guard, sidecar)
    this.#state.requireMemory()
    journal.whole(() => {
      agent.registerService(definition, { replaceChecks })
      if (sidecar) agent.registerService(sidecar, { replaceChecks })
    })
    await journal.kept()
    return done
  }

  readonly deregister = async (call: Call): Promise<Answer> => {
    const { agent, natives, context, journal } = this.#state
    const { rest: id } = call
    if (id === '') throw new ConsulRefusedError(500, 'ServiceID missing')
    if (agent.service(id)) {
      this.#requireReplaced(call.guard, id)
      agent.deregisterService(id)
    } else {
      const claims = natives.withId(id)
      if (claims.length === 0) requireUncontrolled(call, id)
      for (const { instance } of claims) requireOperator(call, instance.serviceName)
      for (const claim of claims) context.store.leases.evict(claim, 'removed')
    }
    await journal.kept()
    return done
  }

  readonly maintain = async (call: Call): Promise<Answer> => {
    const { agent, journal } = this.#state
    const { rest: id } = call
    if (id === '') throw new ConsulRefusedError(400, 'Missing service ID')
    const isEnabled = enableOf(call)
    const service = agent.service(id)
    if (!service) requireUncontrolled(call, id)
    if (!service) throw new ConsulRefusedError(404, `No service registered with ID "${id}"`)
    call.guard.requireTelling('services:register', service.Service)
    agent.maintain(service, isEnabled ? call.param('reason') : undefined)
    await journal.kept()
    return done
  }

  readonly healthById = (call: Call): Answer => {
    const { rest: id } = call
    if (id === '') throw new ConsulRefusedError(500, 'Bad request: Missing serviceID')
    const row = this.#rows().get(id)
    if (!row) {
      const body = { AggregatedStatus: 'critical', Service: null, Checks: null }
      const reason = `ServiceId ${id} not found`
      return call.param('format') === 'text'
        ? json(reason, { status: 404, headers: ['X-Consul-Reason', headerValue(reason)] })
        : shown(call, { status: 404, reason, aggregated: 'critical', body })
    }
    call.guard.require('services:read', row.Service)
    const body = this.#health(row)
    const aggregated = body.AggregatedStatus
    return shown(call, { status: STATUS_CODES[aggregated] ?? 503, reason: aggregated, aggregated, body })
  }

  readonly healthByName = (call: Call): Answer => {
    const { rest: name } = call
    if (name === '') throw new ConsulRefusedError(500, 'Bad request: Missing service Name')
    const rows = [...this.#rows().values()].filter(({ Service }) => Service === name)
    const body = rows.map(row => this.#health(row))
    if (rows.length === 0) {
      const reason = `ServiceName ${name} Not Found`
      return shown(call, { status: 404, reason, aggregated: reason, body })
    }
    const aggregated = worst(body.map(({ AggregatedStatus }) => AggregatedStatus))
    return shown(call, { status: STATUS_CODES[aggregated] ?? 503, reason: aggregated, aggregated, body })
  }

  #requireRegistrable(guard: CallGuard, { row, checks }: ServiceDefinition): void {
    guard.requireTelling('services:register', row.Service)
    this.#requireReplaced(guard, row.ID, row.Service)
    for (const [index, { CheckID }] of checks.entries()) {
      const id = CheckID || defaultCheckId(row.ID, { index, count: checks.length })
      this.#requireOwnCheck(guard, { id, service: row.ID })
    }
  }

  /** What is there already of that id is taken away, which takes the right on it. */
  #requireReplaced(guard: CallGuard, id: string, told?: string): void {
    const existing = this.#state.agent.serviceReplacedBy(id)
    if (existing) guard.requireTelling('services:register', existing.Service, told)
  }

  /** A check of that id that another service has, or the node, would be taken away. */
  #requireOwnCheck(guard: CallGuard, { id, service }: { id: string; service: string }): void {
    if (!guard.isControlled) return
    const existing = this.#state.agent.checkReplacedBy(id)
    if (existing && existing.ServiceID !== service) requireCheck(guard, existing)
  }

  /** What is registered at this agent, and the registry's own instances. */
  #rows(): Map<string, ServiceRow> {
    const rows = this.#state.view.servicesOn(this.#state.settings.nodeName)
    for (const [key, row] of rows) if (!row.isLocal) rows.delete(key)
    return rows
  }

  #health(row: ServiceRow): { AggregatedStatus: string; Service: object; Checks: object[] } {
    const own = this.#state.agent.service(row.ID)
    const checks = own ? this.#state.agent.checksAround(row.ID) : this.#nativeChecks(row)
    return {
      AggregatedStatus: aggregate(checks),
      Service: agentService(row),
      Checks: checks.map(agentHealthCheck),
    }
  }

  #nativeChecks(row: ServiceRow): CheckRow[] {
    return this.#state.natives.rows(row.Service).flatMap(({ service, check }) => (service.ID === row.ID ? [check] : []))
  }
}

/** Where there are rules, a service that is not there is an error, as it is of Consul's agent. */
function requireUncontrolled(call: Call, id: string): void {
  if (call.guard.isControlled) throw new ConsulRefusedError(500, `Unknown service {${JSON.stringify(id)} {}}`)
}

/** Operators are those with the right to administer or, where there are no rules, who come from this machine. */
function requireOperator(call: Call, service: string): void {
  if (call.guard.isControlled) call.guard.require('services:administer', service)
  else if (!isOperator(call.request)) throw new ConsulRefusedError(403, 'Permission denied')
}

const STATUS_CODES: Readonly<Record<string, number>> = { passing: 200, warning: 429, critical: 503, maintenance: 503 }

const ORDER = ['passing', 'warning', 'critical', 'maintenance']

function aggregate(checks: readonly CheckRow[]): string {
  return worst(checks.map(({ Type, Status }) => (Type === 'maintenance' ? 'maintenance' : Status)))
}

function worst(statuses: readonly string[]): string {
  return ORDER[Math.max(0, ...statuses.map(status => ORDER.indexOf(status)))] ?? 'passing'
}

interface Shown {
  readonly status: number
  readonly reason: string
  readonly aggregated: string
  readonly body: unknown
}

function shown(call: Call, { status, reason, aggregated, body }: Shown): Answer {
  const headers = ['X-Consul-Reason', headerValue(reason)]
  if (call.param('format') !== 'text') return json(body, { status, headers })
  const answer = text(aggregated, { status })
  return { ...answer, headers: ['Content-Type', 'text/plain', ...headers] }
}
