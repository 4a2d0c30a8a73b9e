import { ConsulRefusedError } from '../errors.ts'
import type { Call } from './call.ts'

/** What Consul Enterprise keeps by namespace. */
const BY_NAMESPACE =
  /^\/v1\/(?:agent\/(?:checks?|services?|health)|catalog\/(?!datacenters$|nodes$)[^/]+|health|kv|session)(?:\/|$)/

/** The same, of rules of access. */
const RULES_BY_NAMESPACE =
  /^\/v1\/acl\/(?:policies|policy|tokens|token(?!\/self)|roles?|auth-methods?|binding-rules?|login)(?:\/|$)/

const OF_ENTERPRISE = ' - Namespaces are a Consul Enterprise feature'

/**
 * Refuses a call that names a namespace, as every Consul does that has none: what is in one must not be taken for what is in another. Without
 * rules of access what is refused there is told first. Throws `ConsulRefusedError`.
 */
export function refuseNamespace(call: Call, { path, hasRules }: { path: string; hasRules: boolean }): void {
  const isInHeader = call.request.headers['x-consul-namespace'] !== undefined
  if (!isInHeader && (call.isPlain || call.param('ns') === '')) return
  if (!BY_NAMESPACE.test(path) && !(hasRules && RULES_BY_NAMESPACE.test(path))) return
  const what = isInHeader ? 'header: "X-Consul-Namespace"' : 'query parameter: "ns"'
  throw new ConsulRefusedError(400, `Bad request: Invalid ${what}${OF_ENTERPRISE}`)
}

/** What is wrong with a body, and whose a namespace in it is. */
export function withWhoseNamespace(problem: string): string {
  return problem.endsWith('json: unknown field "Namespace"') ? `${problem}${OF_ENTERPRISE}` : problem
}
