import { elapsedMs } from '../../core/elapsed.ts'
import type { Store } from '../../discovery/store/store.ts'
import { PROTOCOL_VERSION } from '../../protocol/protocol.ts'
import { filtered, REST_PATH, type StatusAnswer } from '../../protocol/rest.ts'
import { sendJson } from '../../web/json.ts'
import type { Router } from '../../web/router.ts'
import type { Frontend, FrontendContext } from '../frontend.ts'
import type { Right } from '../access/grants.ts'
import { guarded, type GuardedHandler } from './guarded.ts'
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
  #unwatch: (() => void) | undefined

  mount(router: Router, { store, durability, clock, access, backend }: FrontendContext): void {
    const streams = new Streams(clock)
    this.#streams = streams
    const services = new ServiceRoutes(store, streams)
    const instances = new InstanceRoutes({ store, durability, access })
    this.#unwatch = access.watch(() => {
      // Whoever reads on asks again, and gets what is allowed from now on.
      streams.endAll()
      instances.checkRights()
    })
    const add = (right: Right | 'each', route: `${string} /${string}`, handler: GuardedHandler) => {
      const [method = '', path = ''] = route.split(' ')
      router.route(method, REST_PATH + path, refusing(guarded(access, right, handler)))
    }
    add('each', 'GET /services', services.list)
    add('services:read', 'GET /services/:name', services.get)
    add('services:read', 'GET /services/:name/watch', services.watch)
    add('services:read', 'GET /services/:name/watchers', services.watchers)
    add('services:read', 'GET /services/:name/history', services.history)
    add('each', 'GET /instances', instances.find)
    add('services:register', 'PUT /services/:name/instances/:id', instances.register)
    add('services:register', 'PATCH /services/:name/instances/:id', instances.update)
    add('services:register', 'DELETE /services/:name/instances/:id', instances.remove)
    add('services:register', 'POST /services/:name/instances/:id/renew', instances.renew)
    add('services:register', 'POST /services/:name/instances/:id/drain', instances.drain)
    add('each', 'GET /status', statusRoute(store, { clock, backend }))
  }

  leave(): void {
    this.#streams?.close()
  }

  close(): void {
    this.leave()
    this.#unwatch?.()
  }
}

/** `GET /status`: the daemon itself, and who is connected. */
function statusRoute(
  { epoch, graceMs, leases, rosters }: Store,
  { clock, backend }: Pick<FrontendContext, 'clock' | 'backend'>,
): GuardedHandler {
  const startedAt = clock.now()
  return ({ response }, identity) => {
    const isFiltered = !identity.mayAll('services:administer')
    const owners = [...(isFiltered ? [] : leases.owners())].map(({ name, presence, claims }) => ({
      name,
      presence,
      instances: claims.size,
    }))
    const { revision, settled } = rosters
    const counts = { services: rosters.names().names.length, instances: leases.count }
    const behind = backend?.()
    const answer = {
      protocol: PROTOCOL_VERSION,
      epoch,
      revision,
      // A front is sure of nothing while it does not hear from what is behind it.
      settled: settled && (behind?.reached ?? true),
      graceMs,
      ...counts,
      owners,
      uptimeMs: elapsedMs(clock, startedAt),
      ...(leases.preservation && { preservation: leases.preservation }),
      ...(behind && { backend: behind }),
      ...filtered(isFiltered),
    }
    sendJson(response, answer satisfies StatusAnswer)
  }
}
