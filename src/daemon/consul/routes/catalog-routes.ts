import type { ConsulState } from '../consul-state.ts'
import { ConsulRefusedError } from '../errors.ts'
import { type Answer, json, verdict } from '../http/answer.ts'
import type { Call } from '../http/call.ts'
import type { ConsulRoute } from '../http/route-table.ts'
import { queryOptions } from '../live/query-options.ts'
import { catalogService, healthService } from '../rows/forms.ts'
import {
  type CatalogDeregistration,
  type CatalogRegistration,
  deregisterIn,
  DEREGISTRATION_SHAPE,
  registerIn,
  REGISTRATION_SHAPE,
} from '../state/catalog-writes.ts'
import { consumed, topicQuestion } from './questions.ts'
import { byNearness, hasNodeMeta, hasTags, keyOf } from './selection.ts'
import { filterOf } from './filtering.ts'

/** `/v1/catalog`: what there is, and writing it down without an agent. */
export function catalogRoutes(state: ConsulState): ConsulRoute[] {
  const routes = new CatalogRoutes(state)
  return [
    { path: '/v1/catalog/datacenters', methods: { GET: routes.datacenters }, support: 'yes', note: 'One data centre.' },
    { path: '/v1/catalog/nodes', methods: { GET: routes.nodes }, support: 'yes' },
    { path: '/v1/catalog/services', methods: { GET: routes.services }, support: 'yes' },
    {
      path: '/v1/catalog/service/',
      pattern: '/v1/catalog/service/:service',
      methods: { GET: routes.service },
      support: 'yes',
    },
    { path: '/v1/catalog/node/', pattern: '/v1/catalog/node/:node', methods: { GET: routes.node }, support: 'yes' },
    {
      path: '/v1/catalog/node-services/',
      pattern: '/v1/catalog/node-services/:node',
      methods: { GET: routes.nodeServices },
      support: 'yes',
    },
    {
      path: '/v1/catalog/connect/',
      pattern: '/v1/catalog/connect/:service',
      methods: { GET: routes.nothing },
      support: 'partly',
      note: 'Always empty: there is no mesh.',
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
      note: 'Fields of the mesh (Kind, Proxy, Connect) are refused.',
    },
    { path: '/v1/catalog/deregister', methods: { PUT: routes.deregister }, support: 'yes' },
  ]
}

class CatalogRoutes {
  readonly #state: ConsulState

  constructor(state: ConsulState) {
    this.#state = state
  }

  readonly datacenters = (): Answer => json([this.#state.settings.datacenter])

  readonly nodes = (call: Call): Answer | Promise<Answer> => {
    const { view, topics, settings } = this.#state
    const hasMeta = hasNodeMeta(call)
    const matches = filterOf(call, 'node')
    const near = byNearness<{ Node: string }>(call, { ownNode: settings.nodeName, nodeOf: ({ Node }) => Node })
    const make = () => JSON.stringify(near(view.nodes().filter(node => hasMeta(node) && matches(node))))
    return this.#read(call, keyOf('catalog/nodes', call), () => topicQuestion(topics, ['nodes'], make))
  }

  readonly services = (call: Call): Answer | Promise<Answer> => {
    const { topics } = this.#state
    const hasMeta = hasNodeMeta(call)
    const make = () => JSON.stringify(this.#tagsByName(hasMeta))
    return this.#read(call, keyOf('catalog/services', call), () => topicQuestion(topics, ['catalog'], make))
  }

  readonly service = (call: Call): Answer | Promise<Answer> => {
    const { view, topics, settings, context } = this.#state
    const { rest: name } = call
    queryOptions(call, settings.datacenter)
    if (name === '') throw new ConsulRefusedError(400, 'Missing service name')
    const hasMeta = hasNodeMeta(call)
    const tagged = hasTags(call)
    const matches = filterOf(call, 'catalogService')
    const near = byNearness<{ Node: string }>(call, { ownNode: settings.nodeName, nodeOf: ({ Node }) => Node })
    const make = () => {
      const entries = view.entries(name).filter(entry => hasMeta(entry.node) && tagged(entry))
      const services = entries.map(entry => catalogService(entry) as { Node: string }).filter(matches)
      return JSON.stringify(near(services))
    }
    const { rosters } = context.store
    rosters.polled(name)
    const question = () => consumed(topicQuestion(topics, [`service/${name}`], make), { rosters, serviceName: name })
    return this.#read(call, keyOf(`catalog/service/${name}`, call), question)
  }

  readonly node = (call: Call): Answer | Promise<Answer> =>
    this.#nodeWith(call, { form: 'node', shape: services => Object.fromEntries(services), nothing: 'null' })

  readonly nodeServices = (call: Call): Answer | Promise<Answer> =>
    this.#nodeWith(call, {
      form: 'node-services',
      shape: services => services.map(([, service]) => service),
      nothing: '{"Node":null,"Services":null}',
    })

  readonly nothing = (call: Call): Answer | Promise<Answer> =>
    this.#read(call, 'nothing', () => topicQuestion(this.#state.topics, [], () => '[]'))

  readonly noGateway = (call: Call): Answer | Promise<Answer> =>
    this.#read(call, 'null', () => topicQuestion(this.#state.topics, [], () => 'null'))

  readonly register = async (call: Call): Promise<Answer> => {
    const registration = await call.decode<CatalogRegistration>(REGISTRATION_SHAPE)
    registerIn(this.#state.catalog, registration, this.#state.settings)
    await this.#state.journal.kept()
    return verdict(true)
  }

  readonly deregister = async (call: Call): Promise<Answer> => {
    const deregistration = await call.decode<CatalogDeregistration>(DEREGISTRATION_SHAPE)
    deregisterIn(this.#state.catalog, deregistration, this.#state.settings)
    await this.#state.journal.kept()
    return verdict(true)
  }

  #nodeWith(call: Call, { form, shape, nothing }: NodeForm): Answer | Promise<Answer> {
    const { view, topics, settings } = this.#state
    const { rest: name } = call
    queryOptions(call, settings.datacenter)
    if (name === '') throw new ConsulRefusedError(400, 'Missing node name')
    const matches = filterOf(call, 'service')
    const make = () => {
      const node = view.node(name)
      if (!node) return nothing
      const services = [...view.servicesOn(node.Node)].map(([id, row]) => [id, healthService(row)] as [string, object])
      return JSON.stringify({ Node: node, Services: shape(services.filter(([, service]) => matches(service))) })
    }
    const question = () => topicQuestion(topics, [`node/${view.node(name)?.Node ?? name}`], make)
    return this.#read(call, keyOf(`catalog/${form}/${name}`, call), question)
  }

  #read(
    call: Call,
    key: string,
    question: Parameters<ConsulState['reader']['read']>[1]['question'],
  ): Answer | Promise<Answer> {
    return this.#state.reader.read(call, { key, question, tellsConsistency: true })
  }

  /** The tags of each service that has instances there. */
  #tagsByName(accepts: ReturnType<typeof hasNodeMeta>): Record<string, string[]> {
    const { view } = this.#state
    const result: Record<string, string[]> = {}
    for (const name of view.names()) {
      const tags = view.tags(name, accepts)
      if (tags) result[name] = tags
    }
    return result
  }
}

/** How a node is shown with its services, and how one that is not there. */
interface NodeForm {
  readonly form: string
  readonly shape: (services: [string, object][]) => object
  readonly nothing: string
}
