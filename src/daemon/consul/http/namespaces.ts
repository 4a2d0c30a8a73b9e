import { ConsulRefusedError } from '../errors.ts'
import type { Call } from './call.ts'

/** What Consul Enterprise keeps by namespace. */
const BY_NAMESPACE =
  /^\/v1\/(?:agent\/(?:checks?|services?|health)|catalog\/(?!datacenters$|nodes$)[^/]+|health|kv|session)(?:\/|$)/

/**
 * Refuses a call that names a namespace, as every Consul does that has none: what is in one must not be taken for what is in another. Throws
 * `ConsulRefusedError`.
 */
export function refuseNamespace(call: Call, path: string): void {
  const isInHeader = call.request.headers['x-consul-namespace'] !== undefined
  if (!isInHeader && (call.isPlain || call.param('ns') === '')) return
  if (!BY_NAMESPACE.test(path)) return
  const what = isInHeader ? 'header: "X-Consul-Namespace"' : 'query parameter: "ns"'
  throw new ConsulRefusedError(400, `Bad request: Invalid ${what} - Namespaces are a Consul Enterprise feature`)
}
