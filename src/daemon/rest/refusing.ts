import type { RopewalkError } from '../../core/error.ts'
import type { ErrorAnswer } from '../../protocol/rest.ts'
import { sendJson } from '../../web/json.ts'
import type { Exchange, RouteHandler } from '../../web/router.ts'
import { statusOf } from './status-of.ts'

/** The handler, which answers what the Store refuses with its own code and message. Other errors are the router's affair. */
export function refusing(handler: RouteHandler): RouteHandler {
  return async exchange => {
    try {
      await handler(exchange)
    } catch (error) {
      refuse(exchange, error)
    }
  }
}

function refuse({ response }: Exchange, error: unknown): void {
  const status = statusOf(error)
  if (status === undefined || response.headersSent) throw error
  const { code, message } = error as RopewalkError
  sendJson(response, { error: { code, message } } satisfies ErrorAnswer, { status })
}
