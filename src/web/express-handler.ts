import { type NodeListener, nodeHandler, type SiteHandler } from './site-handler.ts'

/** Serves with an Express application (or anything else that is a `(request, response)` function, such as a Connect or Koa callback). */
export function expressHandler(application: NodeListener): SiteHandler {
  return nodeHandler(application)
}
