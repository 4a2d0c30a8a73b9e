import type { ConsulState } from '../consul-state.ts'
import { ConsulRefusedError } from '../errors.ts'
import { Events } from '../events/events.ts'
import { type Answer, json } from '../http/answer.ts'
import type { Call } from '../http/call.ts'
import type { ConsulRoute } from '../http/route-table.ts'
import type { Sees } from '../http/sight.ts'
import { compilePattern } from '../pattern/compile-pattern.ts'
import { Effort } from '../pattern/effort.ts'
import { PatternProblem } from '../pattern/parse-pattern.ts'
import { requireDatacenter } from '../live/query-options.ts'
import { CONSUL_LIMITS } from '../state/limits.ts'
import { topicQuestion } from './questions.ts'

/** `/v1/event`: telling everybody who listens. */
export function eventRoutes(state: ConsulState): ConsulRoute[] {
  const routes = new EventRoutes(state)
  return [
    { path: '/v1/event/fire/', pattern: '/v1/event/fire/:name', methods: { PUT: routes.fire }, support: 'yes' },
    {
      path: '/v1/event/list',
      methods: { GET: routes.list },
      support: 'yes',
      note: 'The last 256, as long as the process lives.',
    },
  ]
}

class EventRoutes {
  readonly #state: ConsulState

  constructor(state: ConsulState) {
    this.#state = state
  }

  readonly fire = async (call: Call): Promise<Answer> => {
    const { rest: Name } = call
    if (Name === '') throw new ConsulRefusedError(400, 'Missing name')
    const node = filterOf(call, 'node')
    const service = filterOf(call, 'service')
    const tag = filterOf(call, 'tag')
    if (tag.source !== '' && service.source === '')
      throw new ConsulRefusedError(500, 'Cannot provide tag filter without service filter')
    const payload = await call.bytes(CONSUL_LIMITS.eventBytes)
    requireDatacenter(call, this.#state.settings.datacenter)
    const Payload = payload.length > 0 ? payload.toString('base64') : null
    const filters = { NodeFilter: node.source, ServiceFilter: service.source, TagFilter: tag.source }
    const isHeard = this.#isConcerned({ node, service, tag })
    return json(this.#state.events.fire({ Name, Payload, ...filters }, isHeard))
  }

  /** Whether an event is for this agent: by the name of its node, and by the id and a tag of any of its services. Throws `ConsulRefusedError`. */
  #isConcerned({ node, service, tag }: Readonly<Record<'node' | 'service' | 'tag', EventFilter>>): boolean {
    const { nodeName } = this.#state.settings
    const effort = new Effort()
    const isFound = (filter: EventFilter, text: string) => filter.matches(text, effort)
    try {
      if (!isFound(node, nodeName)) return false
      if (service.source === '') return true
      const services = [...this.#state.view.servicesOn(nodeName).values()].filter(({ isLocal }) => isLocal)
      const named = services.filter(({ ID }) => isFound(service, ID))
      return named.some(({ Tags }) => tag.source === '' || Tags.some(text => isFound(tag, text)))
    } catch (error) {
      if (!(error instanceof PatternProblem)) throw error
      throw new ConsulRefusedError(500, `The filters of the event cannot be evaluated: ${error.message}`)
    }
  }

  /** The index is a hash, so what is compared with the client's is whether it is the same. */
  readonly list = async (call: Call): Promise<Answer> => {
    const { events, topics, reader } = this.#state
    const name = call.param('name')
    const sight = call.guard.sight({ right: 'events:read' })
    const list = (sees: Sees) => events.list(name).filter(({ Name }) => sees('events:read', Name))
    const isKnown = call.has('index') && call.param('index') === Events.index(list(sight.sees))
    if (isKnown) {
      const question = (sees: Sees) => topicQuestion(topics, ['events'], () => JSON.stringify(list(sees)))
      await reader.waitForAnother(call, { key: `events/${name}`, question, sight })
    }
    const found = list(sight.sees)
    return json(found, { headers: ['X-Consul-Index', Events.index(found)] })
  }
}

/** A regular expression that a call gives for whom an event is. */
interface EventFilter {
  /** Empty: for all. */
  readonly source: string
  readonly matches: ReturnType<typeof compilePattern>
}

function filterOf(call: Call, name: 'node' | 'service' | 'tag'): EventFilter {
  const source = call.param(name)
  try {
    return { source, matches: compilePattern(source) }
  } catch (error) {
    throw new ConsulRefusedError(500, `Invalid ${name} filter: error parsing regexp: ${(error as Error).message}`)
  }
}
