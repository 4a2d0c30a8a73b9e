import type { ConsulState } from '../consul-state.ts'
import { ConsulRefusedError } from '../errors.ts'
import { Events } from '../events/events.ts'
import { type Answer, json } from '../http/answer.ts'
import type { Call } from '../http/call.ts'
import type { ConsulRoute } from '../http/route-table.ts'
import type { Sees } from '../http/sight.ts'
import { compilePattern } from '../pattern/compile-pattern.ts'
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
    const NodeFilter = pattern(call, 'node')
    const ServiceFilter = pattern(call, 'service')
    const TagFilter = pattern(call, 'tag')
    if (TagFilter !== '' && ServiceFilter === '')
      throw new ConsulRefusedError(500, 'Cannot provide tag filter without service filter')
    const payload = await call.bytes(CONSUL_LIMITS.eventBytes)
    requireDatacenter(call, this.#state.settings.datacenter)
    const Payload = payload.length > 0 ? payload.toString('base64') : null
    return json(this.#state.events.fire({ Name, Payload, NodeFilter, ServiceFilter, TagFilter }))
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

function pattern(call: Call, name: string): string {
  const source = call.param(name)
  if (source === '') return ''
  try {
    compilePattern(source)
    return source
  } catch (error) {
    throw new ConsulRefusedError(500, `Invalid ${name} filter: error parsing regexp: ${(error as Error).message}`)
  }
}
