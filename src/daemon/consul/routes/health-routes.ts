import type { ConsulState } from '../consul-state.ts'
import type { Answer } from '../http/answer.ts'
import type { Call } from '../http/call.ts'
import type { ConsulRoute } from '../http/route-table.ts'
import type { Sees } from '../http/sight.ts'
import type { Question } from '../live/live-query.ts'
import { queryOptions } from '../live/query-options.ts'
import type { Read } from '../live/reader.ts'
import { topicOf } from '../live/topics.ts'
import { healthService } from '../rows/forms.ts'
import { once } from '../../once.ts'
import type { CheckRow, NodeRow, ServiceEntry, ServiceRow } from '../state/rows.ts'
import { filterOf } from './filtering.ts'
import { consumed, jsonArray, topicQuestion } from './questions.ts'
import { byNearness, hasNodeMeta, hasTags, keyOf, onlyPassing, passes } from './selection.ts'

/** `/v1/health`: how everything is. */
export function healthRoutes(state: ConsulState): ConsulRoute[] {
  const routes = new HealthRoutes(state)
  return [
    {
      path: '/v1/health/service/',
      pattern: '/v1/health/service/:service',
      methods: { GET: routes.service },
      support: 'yes',
      reads: 'service',
    },
    {
      path: '/v1/health/connect/',
      pattern: '/v1/health/connect/:service',
      methods: { GET: routes.connect },
      support: 'yes',
      note: 'The proxies that were registered; there is no mesh.',
    },
    {
      path: '/v1/health/ingress/',
      pattern: '/v1/health/ingress/:service',
      methods: { GET: routes.ingress },
      support: 'partly',
      note: 'Always empty: there are no gateways.',
    },
    {
      path: '/v1/health/node/',
      pattern: '/v1/health/node/:node',
      methods: { GET: routes.node },
      support: 'yes',
      reads: 'all',
    },
    {
      path: '/v1/health/checks/',
      pattern: '/v1/health/checks/:service',
      methods: { GET: routes.checks },
      support: 'yes',
      reads: 'service',
    },
    {
      path: '/v1/health/state/',
      pattern: '/v1/health/state/:state',
      methods: { GET: routes.state },
      support: 'yes',
      reads: 'all',
    },
  ]
}

class HealthRoutes {
  readonly #state: ConsulState
  readonly #nodeText = once((row: NodeRow) => JSON.stringify(row))
  readonly #serviceText = once((row: ServiceRow) => JSON.stringify(healthService(row)))
  readonly #checkText = once((row: CheckRow) => JSON.stringify(row))

  constructor(state: ConsulState) {
    this.#state = state
  }

  readonly service = (call: Call): Answer | Promise<Answer> => {
    const { settings, context, view } = this.#state
    const { rest: name } = call
    queryOptions(call, settings.datacenter, 'Missing service name')
    for (const spelled of view.alike(name)) context.store.rosters.polled(spelled)
    const question = (sees: Sees) => this.#instances(name, { select: this.#selection(call), sees })
    const sight = call.guard.sight({ right: 'services:read', names: () => view.alike(name) }, { right: 'nodes:read' })
    return this.#read(call, { key: keyOf(`health/service/${name}`, call), question, sight, isCacheable: true })
  }

  readonly connect = (call: Call): Answer | Promise<Answer> => {
    queryOptions(call, this.#state.settings.datacenter, 'Missing service name')
    const { view, topics } = this.#state
    const { rest: name } = call
    const make = this.#entries(this.#selection(call), () => view.connectEntries(name))
    const question = (sees: Sees) => topicQuestion(topics, ['catalog', 'checks'], () => make(sees))
    const sight = call.guard.sight({ right: 'services:read' }, { right: 'nodes:read' })
    return this.#read(call, { key: keyOf(`health/connect/${name}`, call), question, sight, isCacheable: true })
  }

  readonly ingress = (call: Call): Answer | Promise<Answer> => {
    queryOptions(call, this.#state.settings.datacenter, 'Missing service name')
    const question = () => topicQuestion(this.#state.topics, [], () => '[]')
    return this.#read(call, { key: 'nothing', question, isCacheable: true })
  }

  readonly node = (call: Call): Answer | Promise<Answer> => {
    const { view } = this.#state
    const node = call.rest
    const rows = () => view.checksOn(node)
    return this.#list(call, { missing: 'Missing node name', topic: topicOf('node', node), rows, goesByMeta: false })
  }

  readonly checks = (call: Call): Answer | Promise<Answer> => {
    const { view } = this.#state
    const name = call.rest
    return this.#list(call, {
      missing: 'Missing service name',
      topic: topicOf('service', name),
      rows: () => view.checksNamed(name),
    })
  }

  readonly state = (call: Call): Answer | Promise<Answer> => {
    const { view } = this.#state
    const status = call.rest
    const rows = () => view.allChecks().filter(({ Status }) => status === 'any' || Status === status)
    return this.#list(call, { missing: 'Missing check state', topic: 'checks', rows })
  }

  /** The instances of a service. Nothing in the question keeps the call by which it was asked first. */
  #instances(name: string, { select, sees }: { select: Select; sees: Sees }): Question {
    const { topics, context, view } = this.#state
    const make = this.#entries(select, () => view.entries(name))
    const question = topicQuestion(topics, [topicOf('service', name)], () => make(sees))
    return consumed(question, { rosters: context.store.rosters, serviceNames: () => view.alike(name) })
  }

  /** The JSON of instances as the call wants them, for who sees them. */
  #entries(select: Select, list: () => ServiceEntry[]): (sees: Sees) => string {
    return sees => {
      const isShown = ({ node, service }: ServiceEntry) =>
        sees('nodes:read', node.Node) && sees('services:read', service.Service)
      return jsonArray(select(list().filter(isShown)).map(entry => this.#entryText(entry)))
    }
  }

  #list(call: Call, { missing, topic, rows, goesByMeta = true }: CheckList): Answer | Promise<Answer> {
    const { topics, catalog, settings } = this.#state
    queryOptions(call, settings.datacenter, missing)
    const hasMeta = goesByMeta ? hasNodeMeta(call) : () => true
    const filter = filterOf(call, 'check')
    const isWanted = ({ Node }: CheckRow) => {
      const node = catalog.node(Node)
      return node !== undefined && hasMeta(node)
    }
    const near = byNearness<CheckRow>(call, { ownNode: settings.nodeName, nodeOf: ({ Node }) => Node })
    const make = (sees: Sees) => {
      const matches = filter()
      const isShown = ({ Node, ServiceName }: CheckRow) =>
        sees('nodes:read', Node) && (ServiceName === '' || sees('services:read', ServiceName))
      const wanted = near(rows().filter(row => isShown(row) && isWanted(row) && matches(row)))
      return jsonArray(wanted.map(row => this.#checkText(row)))
    }
    const path = call.request.url?.split('?', 1)[0] ?? ''
    const question = (sees: Sees) => topicQuestion(topics, [topic], () => make(sees))
    const sight = call.guard.sight({ right: 'nodes:read' }, { right: 'services:read' })
    return this.#read(call, { key: keyOf(path, call), question, sight })
  }

  #selection(call: Call): Select {
    if (call.isPlain) return entries => entries
    const hasMeta = hasNodeMeta(call)
    const tagged = hasTags(call)
    const filter = filterOf(call, 'entry')
    const isPassing = onlyPassing(call) ? passes : () => true
    const isFiltered = call.has('filter')
    const { nodeName: ownNode } = this.#state.settings
    const near = byNearness<ServiceEntry>(call, { ownNode, nodeOf: ({ node }) => node.Node })
    const isWanted = (entry: ServiceEntry) => hasMeta(entry.node) && tagged(entry) && isPassing(entry)
    return entries => {
      const matches = filter()
      return near(entries.filter(entry => isWanted(entry) && (!isFiltered || matches(shown(entry)))))
    }
  }

  #entryText({ node, service, checks }: ServiceEntry): string {
    const list = checks.map(check => this.#checkText(check)).join(',')
    return `{"Node":${this.#nodeText(node)},"Service":${this.#serviceText(service)},"Checks":[${list}]}`
  }

  #read(call: Call, read: Omit<Read, 'tellsConsistency'>): Answer | Promise<Answer> {
    return this.#state.reader.read(call, { ...read, tellsConsistency: true })
  }
}

/** Leaves of instances what is wanted, in the order that is wanted. */
type Select = (entries: ServiceEntry[]) => ServiceEntry[]

/** A list of checks: what is asked for when nothing is said, what changes it, and what is in it. */
interface CheckList {
  readonly missing: string
  readonly topic: string
  readonly rows: () => CheckRow[]
  /** Whether only nodes with the metadata asked for count. Default true. */
  readonly goesByMeta?: boolean
}

/** An instance in the form that filters speak of. */
function shown({ node, service, checks }: ServiceEntry): object {
  return { Node: node, Service: healthService(service), Checks: checks }
}
