import { type FetchHandlerOptions, fetchHandler } from './fetch-handler.ts'
import type { SiteHandler } from './site-handler.ts'

/** As much of a Hono application as a Site needs; other frameworks that have a `fetch` method are served the same way. */
export interface HonoApplication {
  fetch(request: Request): Response | Promise<Response>
}

/** Serves with a Hono application. */
export function honoHandler(application: HonoApplication, options?: FetchHandlerOptions): SiteHandler {
  return fetchHandler(request => application.fetch(request), options)
}
