import { validateServiceName } from '../../discovery/create-instance.ts'
import { plainInstance } from '../../discovery/plain-instance.ts'
import type { InstanceSet, ServiceNames } from '../../discovery/instance-set.ts'
import type { InstanceStatus } from '../../discovery/instance.ts'
import type { Store } from '../../discovery/store/store.ts'
import {
  filtered,
  type HistoryAnswer,
  type ServicesAnswer,
  type ServiceSummary,
  type SetAnswer,
  type WatchersAnswer,
} from '../../protocol/rest.ts'
import type { StreamEvent } from '../../web/event-stream.ts'
import { sendJson, sendJsonText } from '../../web/json.ts'
import type { Exchange } from '../../web/router.ts'
import type { Identity } from '../access/access.ts'
import { addressOf } from '../access/credentials.ts'
import { ForbiddenError } from '../access/errors.ts'
import { once } from '../once.ts'
import type { Streams } from './streams.ts'

/** Reading: which services there are, who is in them, who watches, and what happened. */
export class ServiceRoutes {
  readonly #store: Store
  readonly #streams: Streams
  readonly #setText = once((set: InstanceSet) => JSON.stringify(this.#setAnswer(set)))
  readonly #namesText = once((names: ServiceNames) => JSON.stringify({ epoch: this.#store.epoch, ...names }))
  /** The list of services as last asked for. */
  #whole: { key: string; text: string } | undefined

  constructor(store: Store, streams: Streams) {
    this.#store = store
    this.#streams = streams
  }

  /** `GET /services`: a list of what may be read; with `?watch`, a stream of the names. */
  readonly list = async (exchange: Exchange, identity: Identity): Promise<void> => {
    if (exchange.query.has('watch')) return this.#watchNames(exchange, identity)
    await this.#store.rosters.readyAll()
    const { names } = this.#store.rosters.names()
    const readable = readableOf(names, identity)
    const isAll = readable.length === names.length
    sendJsonText(exchange.response, isAll ? this.#listText() : JSON.stringify(this.#list(readable, { isAll })))
  }

  /** `GET /services/:name`: the set, or 304 if the client has it. Counts as a consumer that polls, unless it says `?observer`. */
  readonly get = async ({ params, query, request, response }: Exchange): Promise<void> => {
    const set = await this.#set(params.name)
    if (!query.has('observer')) this.#store.rosters.polled(set.serviceName)
    const etag = `"${this.#id(set)}${set.settled ? '' : '.unsettled'}${set.stale ? '.stale' : ''}"`
    if (request.headers['if-none-match'] === etag) response.writeHead(304, { etag }).end()
    else sendJsonText(response, this.#setText(set), { headers: { etag } })
  }

  /** `GET /services/:name/watch`: a stream of whole sets; goes on from `Last-Event-ID`. */
  readonly watch = async (exchange: Exchange, identity: Identity): Promise<void> => {
    const { params, request } = exchange
    const { serviceName } = await this.#set(params.name)
    // A front has asked for it meanwhile, and streams that rights end are those that are open.
    const right = 'services:read'
    if (!identity.may(right, serviceName)) throw new ForbiddenError(identity.name, right, serviceName)
    let sent = this.#resumed(serviceName, request.headers['last-event-id'])
    const newest = (): StreamEvent | undefined => {
      const { rosters } = this.#store
      const set = rosters.set(serviceName)
      if (set === sent || !rosters.isReady(serviceName)) return undefined
      sent = set
      return { id: this.#id(set), event: 'set', data: this.#setText(set) }
    }
    const name = `event stream of ${addressOf(request)}`
    const watch = (onChange: () => void) => {
      const handle = this.#store.rosters.watch(serviceName, { name, acknowledges: false, onChange })
      return () => handle.close()
    }
    this.#streams.serve(exchange, { newest, watch })
  }

  /** `GET /services/:name/watchers`. */
  readonly watchers = async ({ params, response }: Exchange): Promise<void> => {
    const { serviceName, revision } = await this.#set(params.name)
    const watchers = this.#store.rosters
      .watchers(serviceName)
      .map(({ name, acknowledges, acknowledged }) => ({ name, acknowledges, acknowledged }))
    sendJson(response, { serviceName, revision, watchers } satisfies WatchersAnswer)
  }

  /** `GET /services/:name/history`. */
  readonly history = async ({ params, response }: Exchange): Promise<void> => {
    const { serviceName } = await this.#set(params.name)
    sendJson(response, { serviceName, changes: this.#store.rosters.history(serviceName) } satisfies HistoryAnswer)
  }

  async #set(name: string | undefined): Promise<InstanceSet> {
    const serviceName = validName(name)
    const { rosters } = this.#store
    await rosters.ready(serviceName)
    return rosters.set(serviceName)
  }

  #id({ revision }: { revision: number }): string {
    return `${this.#store.epoch}.${revision}`
  }

  /** The present set if it is what the client had last, to the last doubt. */
  #resumed(serviceName: string, lastId: unknown): InstanceSet | undefined {
    const set = this.#store.rosters.set(serviceName)
    return set.settled && !set.stale && lastId === this.#id(set) ? set : undefined
  }

  #setAnswer({ serviceName, revision, known, settled, stale, instances }: InstanceSet): SetAnswer {
    const plain = instances.map(plainInstance)
    return {
      epoch: this.#store.epoch,
      serviceName,
      revision,
      known,
      settled,
      ...(stale && { stale }),
      instances: plain,
    }
  }

  #watchNames(exchange: Exchange, identity: Identity): void {
    const { rosters } = this.#store
    let sent: ServiceNames | undefined
    const newest = (): StreamEvent | undefined => {
      const names = rosters.names()
      if (names === sent || !rosters.hasNames) return undefined
      sent = names
      return { id: this.#id(names), event: 'services', data: this.#namesFor(names, identity) }
    }
    this.#streams.serve(exchange, { newest, watch: onChange => rosters.watchNames(onChange) })
  }

  #namesFor(all: ServiceNames, identity: Identity): string {
    const names = readableOf(all.names, identity)
    if (names.length === all.names.length) return this.#namesText(all)
    return JSON.stringify({ epoch: this.#store.epoch, ...all, names, ...filtered(true) })
  }

  /** Made once per revision. */
  #listText(): string {
    const { rosters } = this.#store
    const key = `${rosters.revision} ${rosters.settled}`
    if (this.#whole?.key === key) return this.#whole.text
    const text = JSON.stringify(this.#list(rosters.names().names, { isAll: true }))
    this.#whole = { key, text }
    return text
  }

  #list(names: readonly string[], { isAll }: { isAll: boolean }): ServicesAnswer {
    const { rosters, epoch } = this.#store
    const services = names.map(name => summary(rosters.set(name)))
    return { epoch, revision: rosters.revision, services, ...filtered(!isAll) }
  }
}

/** Throws `InvalidInstanceError`. */
function validName(name = ''): string {
  validateServiceName(name)
  return name
}

function readableOf(names: readonly string[], identity: Identity): readonly string[] {
  return names.filter(name => identity.may('services:read', name))
}

function summary({ serviceName, revision, instances }: InstanceSet): ServiceSummary {
  const statuses: Partial<Record<InstanceStatus, number>> = {}
  for (const { status } of instances) statuses[status] = (statuses[status] ?? 0) + 1
  return { serviceName, revision, statuses }
}
