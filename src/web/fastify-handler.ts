import type { IncomingMessage, ServerResponse } from 'node:http'
import { type SiteHandler, nodeHandler } from './site-handler.ts'

/** As much of a Fastify instance as a Site needs. */
export interface FastifyApplication {
  ready(): PromiseLike<unknown>
  routing(request: IncomingMessage, response: ServerResponse): unknown
  close(): PromiseLike<unknown>
}

/**
 * Serves with a Fastify instance: its plugins are loaded when the Site starts, and it is closed (`onClose` hooks) after the last answer.
 * A closed instance cannot be used again, so a Site that is to be started again needs a new one.
 */
export function fastifyHandler(application: FastifyApplication): SiteHandler {
  return {
    ...nodeHandler((request, response) => application.routing(request, response)),
    open: async () => void (await application.ready()),
    close: async () => void (await application.close()),
  }
}
