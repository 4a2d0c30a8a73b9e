import type { Access, Identity } from '../access/access.ts'
import { identified, requireGranted } from '../access/audit.ts'
import { addressOf } from '../access/credentials.ts'
import type { Right } from '../access/grants.ts'
import type { Exchange, RouteHandler } from '../../web/router.ts'

/** Answers a request of somebody. */
export type GuardedHandler = (exchange: Exchange, identity: Identity) => void | Promise<void>

/**
 * The handler, for those who have the right on the service that the path names. `each`: everybody is let in, and the handler leaves out what they
 * may not read. Throws `TokenUnknownError`, `ForbiddenError`.
 */
export function guarded(access: Access, right: Right | 'each', handler: GuardedHandler): RouteHandler {
  return exchange => {
    const { request, params } = exchange
    const identity = identified(access, request)
    if (right !== 'each') {
      const [path = ''] = (request.url ?? '').split('?')
      const deed = { identity, right, name: params['name'] ?? '', from: addressOf(request) }
      // An instance may have the id "renew" too.
      const isRenewal = request.method === 'POST' && path.endsWith('/renew')
      const isRoutine = right.endsWith(':read') || isRenewal
      requireGranted(access, { ...deed, action: `${request.method} ${path}`, isRoutine })
    }
    return handler(exchange, identity)
  }
}
