import type { Clock } from '../../core/clock.ts'
import type { Store } from '../../discovery/store/store.ts'
import { PROTOCOL_VERSION } from '../../protocol/protocol.ts'
import { REST_PATH, type StatusAnswer } from '../../protocol/rest.ts'
import { sendJson } from '../../web/json.ts'
import type { RouteHandler, Router } from '../../web/router.ts'
import type { Frontend, FrontendContext } from '../frontend.ts'
import { InstanceRoutes } from './instance-routes.ts'
import { refusing } from './refusing.ts'
import { ServiceRoutes } from './service-routes.ts'
import { Streams } from './streams.ts'

/**
 * The native REST API of the registry daemon, for everybody without a session: JSON, server-sent events, and `curl`. See
 * docs/reference/wire.md.
 */
export class RestFrontend implements Frontend {
  #streams: Streams | undefined

  mount(router: Router, { store, durability, clock }: FrontendContext): void {
    this.#streams = new Streams(clock)
    const services = new ServiceRoutes(store, this.#streams)
    const instances = new InstanceRoutes(store, durability)
    const add = (method: string, path: string, handler: RouteHandler) =>
      router.route(method, REST_PATH + path, refusing(handler))
    add('GET', '/services', services.list)
    add('GET', '/services/:name', services.get)
    add('GET', '/services/:name/watch', services.watch)
    add('GET', '/services/:name/watchers', services.watchers)
    add('GET', '/services/:name/history', services.history)
    add('GET', '/instances', instances.find)
    add('PUT', '/services/:name/instances/:id', instances.register)
    add('PATCH', '/services/:name/instances/:id', instances.update)
    add('DELETE', '/services/:name/instances/:id', instances.remove)
    add('POST', '/services/:name/instances/:id/renew', instances.renew)
    add('POST', '/services/:name/instances/:id/drain', instances.drain)
    add('GET', '/status', statusRoute(store, clock))
  }

  close(): void {
    this.#streams?.close()
  }
}

/** `GET /status`: the daemon itself, and who is connected. */
function statusRoute({ epoch, graceMs, leases, rosters }: Store, clock: Clock): RouteHandler {
  const startedAt = clock.now()
  return ({ response }) => {
    const owners = [...leases.owners()].map(({ name, presence, claims }) => ({
      name,
      presence,
      instances: claims.size,
    }))
    const { revision, settled } = rosters
    const counts = { services: rosters.names().names.length, instances: leases.count }
    const uptimeMs = clock.now() - startedAt
    const answer = { protocol: PROTOCOL_VERSION, epoch, revision, settled, graceMs, ...counts, owners, uptimeMs }
    sendJson(response, answer satisfies StatusAnswer)
  }
}
