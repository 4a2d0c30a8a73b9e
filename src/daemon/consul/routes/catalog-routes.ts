import type { ConsulState } from '../consul-state.ts'
import { ConsulRefusedError } from '../errors.ts'
import type { Shape } from '../go/decode.ts'
import { type Answer, json, verdict } from '../http/answer.ts'
import type { Call } from '../http/call.ts'
import { withWhoseNamespace } from '../http/namespaces.ts'
import type { ConsulRoute } from '../http/route-table.ts'
import type { Sees } from '../http/sight.ts'
import { freshnessOptions, queryOptions } from '../live/query-options.ts'
import type { Read } from '../live/reader.ts'
import { topicOf } from '../live/topics.ts'
import { catalogService, healthService } from '../rows/forms.ts'
import {
  type CatalogDeregistration,
  type CatalogRegistration,
  deregisterIn,
  DEREGISTRATION_SHAPE,
  registerIn,
  REGISTRATION_SHAPE,
} from '../state/catalog-writes.ts'
import type { NodeRow, ServiceEntry } from '../state/rows.ts'
import { requireDeregistrable, requireRegistrable } from './catalog-rights.ts'
import { consumed, marked, topicQuestion } from './questions.ts'
import { byNearness, hasNodeMeta, hasTags, keyOf } from './selection.ts'
import { filterOf } from './filtering.ts'

/** `/v1/catalog`: what there is, and writing it down without an agent. */
export function catalogRoutes(state: ConsulState): ConsulRoute[] {
  const routes = new CatalogRoutes(state)
  return [
    { path: '/v1/catalog/datacenters', methods: { GET: routes.datacenters }, support: 'yes', note: 'One data centre.' },
    { path: '/v1/catalog/nodes', methods: { GET: routes.nodes }, support: 'yes' },
    { path: '/v1/catalog/services', methods: { GET: routes.services }, support: 'yes', reads: 'all' },
    {
      path: '/v1/catalog/service/',
      pattern: '/v1/catalog/service/:service',
      methods: { GET: routes.service },
      support: 'yes',
      reads: 'service',
    },
    {
      path: '/v1/catalog/node/',
      pattern: '/v1/catalog/node/:node',
      methods: { GET: routes.node },
      support: 'yes',
      reads: 'all',
    },
    {
      path: '/v1/catalog/node-services/',
      pattern: '/v1/catalog/node-services/:node',
      methods: { GET: routes.nodeServices },
      support: 'yes',
      reads: 'all',
    },
    {
      path: '/v1/catalog/connect/',
      pattern: '/v1/catalog/connect/:service',
      methods: { GET: routes.connect },
      support: 'yes',
      note: 'The proxies that were registered; there is no mesh.',
    },
    {
      path: '/v1/catalog/gateway-services/',
      pattern: '/v1/catalog/gateway-services/:gateway',
      methods: { GET: routes.noGateway },
      support: 'partly',
      note: 'Always empty: there is no mesh.',
    },
    {
      path: '/v1/catalog/register',
      methods: { PUT: routes.register },
      support: 'yes',
      note: 'Proxies are kept as they are registered, and mean nothing here.',
      isOwnData: true,
    },
    { path: '/v1/catalog/deregister', methods: { PUT: routes.deregister }, support: 'yes', isOwnData: true },
  ]
}

class CatalogRoutes {
  readonly #state: ConsulState

  constructor(state: ConsulState) {
    this.#state = state
  }

  /** It waits for nothing, and whatever data centre is asked knows them all. */
  readonly datacenters = (call: Call): Answer => {
    const { reader, settings } = this.#state
    const { isCached } = freshnessOptions(call)
    return json([settings.datacenter], { headers: isCached ? reader.cacheHeaders('catalog/datacenters') : [] })
  }

  readonly nodes = (call: Call): Answer | Promise<Answer> => {
    const { view, topics, settings } = this.#state
    queryOptions(call, settings.datacenter)
    const hasMeta = hasNodeMeta(call)
    const filter = filterOf(call, 'node')
    const near = byNearness<{ Node: string }>(call, { ownNode: settings.nodeName, nodeOf: ({ Node }) => Node })
    const make = (sees: Sees) => {
      const matches = filter()
      const isShown = (node: NodeRow) => sees('nodes:read', node.Node) && hasMeta(node) && matches(node)
      return JSON.stringify(near(view.nodes().filter(isShown)))
    }
    const question = (sees: Sees) => topicQuestion(topics, ['nodes'], () => make(sees))
    const sight = call.guard.sight({ right: 'nodes:read' })
    return this.#read(call, { key: keyOf('catalog/nodes', call), question, sight })
  }

  readonly services = (call: Call): Answer | Promise<Answer> => {
    const { topics } = this.#state
    const hasMeta = hasNodeMeta(call)
    const make = (sees: Sees) => JSON.stringify(this.#tagsByName(hasMeta, sees))
    // There are clients that wait here for changes of any instance, and then ask about each service.
    const question = (sees: Sees) =>
      marked(
        topicQuestion(topics, ['catalog'], () => make(sees)),
        { topics, about: ['services'] },
      )
    const sight = call.guard.sight({ right: 'services:read' })
    return this.#read(call, { key: keyOf('catalog/services', call), question, sight, isCacheable: true })
  }

  readonly service = (call: Call): Answer | Promise<Answer> => {
    const { view, topics, context } = this.#state
    const name = this.#serviceName(call)
    const make = this.#entries(call, () => view.entries(name))
    const { rosters } = context.store
    const names = () => view.alike(name)
    for (const spelled of names()) rosters.polled(spelled)
    const question = (sees: Sees) =>
      consumed(
        topicQuestion(topics, [topicOf('service', name)], () => make(sees)),
        { rosters, serviceNames: names },
      )
    const sight = call.guard.sight({ right: 'services:read', names }, { right: 'nodes:read' })
    return this.#read(call, { key: keyOf(`catalog/service/${name}`, call), question, sight, isCacheable: true })
  }

  readonly connect = (call: Call): Answer | Promise<Answer> => {
    const { view, topics } = this.#state
    const name = this.#serviceName(call)
    const make = this.#entries(call, () => view.connectEntries(name))
    const question = (sees: Sees) => topicQuestion(topics, ['catalog'], () => make(sees))
    const sight = call.guard.sight({ right: 'services:read' }, { right: 'nodes:read' })
    return this.#read(call, { key: keyOf(`catalog/connect/${name}`, call), question, sight, isCacheable: true })
  }

  readonly node = (call: Call): Answer | Promise<Answer> =>
    this.#nodeWith(call, { form: 'node', shape: byId, nothing: 'null' })

  readonly nodeServices = (call: Call): Answer | Promise<Answer> =>
    this.#nodeWith(call, {
      form: 'node-services',
      shape: services => (services.length === 0 && !call.has('filter') ? null : services.map(([, service]) => service)),
      nothing: '{"Node":null,"Services":null}',
    })

  readonly noGateway = (call: Call): Answer | Promise<Answer> =>
    this.#read(call, { key: 'null', question: () => topicQuestion(this.#state.topics, [], () => 'null') })

  readonly register = async (call: Call): Promise<Answer> => {
    const registration = await decodeWritten<CatalogRegistration>(call, REGISTRATION_SHAPE)
    requireRegistrable(call.guard, registration, this.#state.catalog)
    const { catalog, settings, journal } = this.#state
    this.#state.requireMemory()
    journal.whole(() => registerIn(catalog, registration, settings))
    await journal.kept()
    return verdict(true)
  }

  readonly deregister = async (call: Call): Promise<Answer> => {
    const deregistration = await decodeWritten<CatalogDeregistration>(call, DEREGISTRATION_SHAPE)
    requireDeregistrable(call.guard, deregistration, this.#state.catalog)
    deregisterIn(this.#state.catalog, deregistration, this.#state.settings)
    await this.#state.journal.kept()
    return verdict(true)
  }

  #serviceName(call: Call): string {
    queryOptions(call, this.#state.settings.datacenter, 'Missing service name')
    return call.rest
  }

  /** The JSON of instances as the call wants them, for who sees them. */
  #entries(call: Call, list: () => ServiceEntry[]): (sees: Sees) => string {
    const hasMeta = hasNodeMeta(call)
    const tagged = hasTags(call)
    const filter = filterOf(call, 'catalogService')
    const { nodeName: ownNode } = this.#state.settings
    const near = byNearness<{ Node: string }>(call, { ownNode, nodeOf: ({ Node }) => Node })
    return sees => {
      const matches = filter()
      const isShown = ({ node, service }: ServiceEntry) =>
        sees('nodes:read', node.Node) && sees('services:read', service.Service)
      const entries = list().filter(entry => isShown(entry) && hasMeta(entry.node) && tagged(entry))
      return JSON.stringify(near(entries.map(entry => catalogService(entry) as { Node: string }).filter(matches)))
    }
  }

  #nodeWith(call: Call, { form, shape, nothing }: NodeForm): Answer | Promise<Answer> {
    const { view, topics, settings } = this.#state
    const { rest: name } = call
    queryOptions(call, settings.datacenter, 'Missing node name')
    const filter = filterOf(call, 'service')
    const make = (sees: Sees) => {
      const matches = filter()
      const node = view.node(name)
      if (!node || !sees('nodes:read', node.Node)) return nothing
      const rows = [...view.servicesOn(node.Node)].filter(([, { Service }]) => sees('services:read', Service))
      const services = rows.map(([id, row]) => [id, healthService(row)] as [string, object])
      return JSON.stringify({ Node: node, Services: shape(services.filter(([, service]) => matches(service))) })
    }
    const about = [topicOf('node', view.node(name)?.Node ?? name)]
    const question = (sees: Sees) => topicQuestion(topics, about, () => make(sees))
    const sight = call.guard.sight({ right: 'nodes:read' }, { right: 'services:read' })
    return this.#read(call, { key: keyOf(`catalog/${form}/${name}`, call), question, sight })
  }

  #read(call: Call, read: Omit<Read, 'tellsConsistency'>): Answer | Promise<Answer> {
    return this.#state.reader.read(call, { ...read, tellsConsistency: true })
  }

  /** The tags of each service that has instances there. */
  #tagsByName(accepts: ReturnType<typeof hasNodeMeta>, sees: Sees): Record<string, string[]> {
    const { view } = this.#state
    const result = Object.create(null) as Record<string, string[]>
    for (const name of view.names()) {
      if (!sees('services:read', name)) continue
      const tags = view.tags(name, accepts)
      if (tags) result[name] = tags
    }
    return result
  }
}

/** The body of a write, with what Consul says of a namespace in it. Rejects with `ConsulRefusedError`. */
async function decodeWritten<T>(call: Call, shape: Shape): Promise<T> {
  try {
    return await call.decode<T>(shape)
  } catch (error) {
    if (!(error instanceof ConsulRefusedError)) throw error
    throw new ConsulRefusedError(error.status, withWhoseNamespace(error.message))
  }
}

/** In the order of the keys of a Go map. */
function byId(services: [string, object][]): object {
  return Object.fromEntries(services.toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

/** How a node is shown with its services, and how one that is not there. */
interface NodeForm {
  readonly form: string
  readonly shape: (services: [string, object][]) => object | null
  readonly nothing: string
}
