import { validateServiceName } from '../../discovery/create-instance.ts'
import type { InstanceSet, ServiceNames } from '../../discovery/instance-set.ts'
import type { InstanceStatus } from '../../discovery/instance.ts'
import type { Store } from '../../discovery/store/store.ts'
import type { ServicesAnswer, ServiceSummary, SetAnswer, WatchersAnswer, HistoryAnswer } from '../../protocol/rest.ts'
import type { StreamEvent } from '../../web/event-stream.ts'
import { sendJson, sendJsonText } from '../../web/json.ts'
import type { Exchange } from '../../web/router.ts'
import { once } from './once.ts'
import type { Streams } from './streams.ts'

/** Reading: which services there are, who is in them, who watches, and what happened. */
export class ServiceRoutes {
  readonly #store: Store
  readonly #streams: Streams
  readonly #setText = once((set: InstanceSet) => JSON.stringify(this.#setAnswer(set)))
  readonly #namesText = once((names: ServiceNames) => JSON.stringify({ epoch: this.#store.epoch, ...names }))
  /** The list of services as last asked for. */
  #list: { key: string; text: string } | undefined

  constructor(store: Store, streams: Streams) {
    this.#store = store
    this.#streams = streams
  }

  /** `GET /services`: a list; with `?watch`, a stream of the names. */
  readonly list = (exchange: Exchange): void => {
    if (exchange.query.has('watch')) return this.#watchNames(exchange)
    sendJsonText(exchange.response, this.#listText())
  }

  /** `GET /services/:name`: the set, or 304 if the client has it. Counts as a consumer that polls, unless it says `?observer`. */
  readonly get = ({ params, query, request, response }: Exchange): void => {
    const set = this.#set(params.name)
    if (!query.has('observer')) this.#store.rosters.polled(set.serviceName)
    const etag = `"${this.#id(set)}${set.settled ? '' : '.unsettled'}"`
    if (request.headers['if-none-match'] === etag) response.writeHead(304, { etag }).end()
    else sendJsonText(response, this.#setText(set), { headers: { etag } })
  }

  /** `GET /services/:name/watch`: a stream of whole sets; goes on from `Last-Event-ID`. */
  readonly watch = (exchange: Exchange): void => {
    const { params, request } = exchange
    const { serviceName } = this.#set(params.name)
    let sent = this.#resumed(serviceName, request.headers['last-event-id'])
    const newest = (): StreamEvent | undefined => {
      const set = this.#store.rosters.set(serviceName)
      if (set === sent) return undefined
      sent = set
      return { id: this.#id(set), event: 'set', data: this.#setText(set) }
    }
    const name = `event stream of ${request.socket.remoteAddress}:${request.socket.remotePort}`
    const watch = (onChange: () => void) => {
      const handle = this.#store.rosters.watch(serviceName, { name, acknowledges: false, onChange })
      return () => handle.close()
    }
    this.#streams.serve(exchange, { newest, watch })
  }

  /** `GET /services/:name/watchers`. */
  readonly watchers = ({ params, response }: Exchange): void => {
    const { serviceName, revision } = this.#set(params.name)
    const watchers = this.#store.rosters
      .watchers(serviceName)
      .map(({ name, acknowledges, acknowledged }) => ({ name, acknowledges, acknowledged }))
    sendJson(response, { serviceName, revision, watchers } satisfies WatchersAnswer)
  }

  /** `GET /services/:name/history`. */
  readonly history = ({ params, response }: Exchange): void => {
    const { serviceName } = this.#set(params.name)
    sendJson(response, { serviceName, changes: this.#store.rosters.history(serviceName) } satisfies HistoryAnswer)
  }

  #set(name: string | undefined): InstanceSet {
    validateServiceName(name ?? '')
    return this.#store.rosters.set(name ?? '')
  }

  #id({ revision }: { revision: number }): string {
    return `${this.#store.epoch}.${revision}`
  }

  /** The present set if it is what the client had last, to the last doubt. */
  #resumed(serviceName: string, lastId: unknown): InstanceSet | undefined {
    const set = this.#store.rosters.set(serviceName)
    return set.settled && lastId === this.#id(set) ? set : undefined
  }

  #setAnswer({ serviceName, revision, known, settled, instances }: InstanceSet): SetAnswer {
    return { epoch: this.#store.epoch, serviceName, revision, known, settled, instances }
  }

  #watchNames(exchange: Exchange): void {
    const { rosters } = this.#store
    let sent: ServiceNames | undefined
    const newest = (): StreamEvent | undefined => {
      const names = rosters.names()
      if (names === sent) return undefined
      sent = names
      return { id: this.#id(names), event: 'services', data: this.#namesText(names) }
    }
    this.#streams.serve(exchange, { newest, watch: onChange => rosters.watchNames(onChange) })
  }

  /** Made once per revision. */
  #listText(): string {
    const { rosters, epoch } = this.#store
    const key = `${rosters.revision} ${rosters.settled}`
    if (this.#list?.key === key) return this.#list.text
    const services = rosters.names().names.map(name => summary(rosters.set(name)))
    const text = JSON.stringify({ epoch, revision: rosters.revision, services } satisfies ServicesAnswer)
    this.#list = { key, text }
    return text
  }
}

function summary({ serviceName, revision, instances }: InstanceSet): ServiceSummary {
  const statuses: Partial<Record<InstanceStatus, number>> = {}
  for (const { status } of instances) statuses[status] = (statuses[status] ?? 0) + 1
  return { serviceName, revision, statuses }
}
