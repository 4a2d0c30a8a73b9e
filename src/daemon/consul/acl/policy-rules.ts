import type { AccessKind } from '../../access/grants.ts'
import { ConsulRefusedError } from '../errors.ts'
import { type HclObject, HclProblem, type HclValue, parseHcl } from '../hcl/parse-hcl.ts'

/** The most rules of one policy. */
const RULES_MAX = 1_000

/** One rule of a policy, in our own words. */
export interface PolicyRule {
  readonly kind: AccessKind
  /** The name, or what names begin with. */
  readonly prefix: string
  readonly isExact: boolean
  readonly level: string
}

/** What a resource of Consul is here; of the others, such as `keyring`, there is nothing to have rights on. */
const KINDS: Readonly<Record<string, AccessKind>> = {
  service: 'services',
  key: 'kv',
  session: 'sessions',
  node: 'nodes',
  agent: 'agents',
  event: 'events',
  query: 'queries',
}

/** Resources that have no names. */
const NAMELESS: ReadonlySet<string> = new Set(['acl', 'operator'])

/** What each policy of Consul allows. Keys that may be listed may be read, as Consul has it unless told otherwise. */
const LEVELS: Readonly<Record<string, string>> = { deny: 'none', read: 'read', list: 'read', write: 'write' }

/**
 * The rules of a policy in Consul's language, HCL or JSON: `service_prefix "web" { policy = "write" }`, `acl = "read"`. Resources that are not known
 * are passed over, as by Consul. Throws `ConsulRefusedError` with 500 for what cannot be read, and for policies that there are not.
 */
export function readPolicyRules(text: string): readonly PolicyRule[] {
  const rules = Object.entries(parse(text)).flatMap(([resource, value]) => rulesOf(resource, value))
  if (rules.length <= RULES_MAX) return rules
  throw new ConsulRefusedError(500, `A policy takes at most ${RULES_MAX} rules, not ${rules.length}`)
}

function parse(text: string): HclObject {
  try {
    return parseHcl(text)
  } catch (error) {
    if (error instanceof HclProblem) throw unreadable(error.message)
    throw error
  }
}

function rulesOf(resource: string, value: HclValue): PolicyRule[] {
  if (NAMELESS.has(resource)) {
    const level = levelOf(resource, { name: resource, policy: value })
    return [{ kind: resource as AccessKind, prefix: '', isExact: false, level }]
  }
  const isExact = !resource.endsWith('_prefix')
  const name = isExact ? resource : resource.slice(0, -'_prefix'.length)
  const kind = Object.hasOwn(KINDS, name) ? KINDS[name] : undefined
  if (kind === undefined) return []
  return blocksOf(resource, value).flatMap(([prefix, blocks]) =>
    blocksIn(resource, blocks).map(block => {
      const policy = block['policy'] ?? block['Policy'] ?? ''
      return { kind, prefix, isExact, level: levelOf(name, { name: prefix, policy }) }
    }),
  )
}

/** By their labels, however often the resource or the label is there. */
function blocksOf(resource: string, value: HclValue): [string, HclValue][] {
  return blocksIn(resource, value).flatMap(block => Object.entries(block))
}

function blocksIn(resource: string, value: HclValue): HclObject[] {
  return (Array.isArray(value) ? value : [value]).map(block => {
    if (typeof block === 'object' && block !== null && !Array.isArray(block)) return block
    throw unreadable(`${resource} is to be a block with a name: ${resource} "name" { policy = "read" }`)
  })
}

function levelOf(resource: string, { name, policy }: { name: string; policy: HclValue }): string {
  const isKnown =
    typeof policy === 'string' && Object.hasOwn(LEVELS, policy) && (policy !== 'list' || resource === 'key')
  if (!isKnown)
    throw new ConsulRefusedError(
      500,
      `Invalid ${resource} policy: ${JSON.stringify(policy)} for ${JSON.stringify(name)}`,
    )
  const level = LEVELS[policy] ?? 'none'
  if (resource === 'agent' && level === 'read') return 'log'
  return resource === 'service' && level === 'write' ? 'register' : level
}

function unreadable(problem: string): ConsulRefusedError {
  return new ConsulRefusedError(500, `Failed to parse ACL rules: ${problem}`)
}
