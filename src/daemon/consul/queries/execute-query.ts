import type { Random } from '../../../core/random.ts'
import { healthService } from '../rows/forms.ts'
import type { CatalogView } from '../rows/catalog-view.ts'
import { isSameName } from '../state/folded.ts'
import type { ServiceEntry } from '../state/rows.ts'
import type { QueryRow, QueryService } from './query-row.ts'

/** What a query is executed with. */
export interface ExecuteInit {
  readonly view: CatalogView
  readonly random: Random
  /** Whether an instance may be told of. Default: each. */
  readonly isShown?: (entry: ServiceEntry) => boolean
  /** This agent's node, which is what is near. */
  readonly ownNode: string
  /** The node to be near to, as the request says; empty for what the query says. */
  readonly near: string
  /** How many instances are wanted at most; 0 for all. */
  readonly limit: number
}

/** The instances that a query is for, as it shows them: none that is critical, shuffled unless something is to be near. */
export function executeQuery(query: QueryRow, init: ExecuteInit): object[] {
  return queryEntries(query, init).map(({ node, service, checks }) => ({
    Node: node,
    Service: { ...healthService(service), Tags: listOf(service.Tags) },
    Checks: listOf(checks.map(check => ({ ...check, ServiceTags: listOf(check.ServiceTags) }))),
  }))
}

/** Here Consul shows what is empty as null. */
function listOf<T>(list: readonly T[]): readonly T[] | null {
  return list.length > 0 ? list : null
}

/** The same with all that is known of them. */
export function queryEntries({ Service: query }: QueryRow, init: ExecuteInit): ServiceEntry[] {
  const { isShown = () => true } = init
  const entries = init.view.entries(query.Service).filter(entry => isShown(entry) && isWanted(entry, query))
  const near = init.near || query.Near
  const ordered = shuffled(entries, init.random)
  if (near === '_agent' || isSameName(near, init.ownNode)) {
    const distance = ({ node }: ServiceEntry) => (isSameName(node.Node, init.ownNode) ? 0 : 1)
    ordered.sort((a, b) => distance(a) - distance(b))
  }
  return init.limit > 0 ? ordered.slice(0, init.limit) : ordered
}

function isWanted({ node, service, checks }: ServiceEntry, query: QueryService): boolean {
  const counting = checks.filter(({ CheckID }) => !query.IgnoreCheckIDs?.includes(CheckID))
  const isWell = counting.every(({ Status }) => Status === 'passing' || (!query.OnlyPassing && Status === 'warning'))
  return (
    isWell &&
    hasAll(node.Meta, query.NodeMeta) &&
    hasAll(service.Meta, query.ServiceMeta) &&
    hasTags(service.Tags, query.Tags)
  )
}

function hasAll(
  meta: Readonly<Record<string, string>> | null,
  wanted: Readonly<Record<string, string>> | null,
): boolean {
  return Object.entries(wanted ?? {}).every(([key, value]) => meta?.[key] === value)
}

/** All of the tags, and none of those with an exclamation mark before them; without regard to case. */
function hasTags(tags: readonly string[], wanted: readonly string[] | null): boolean {
  const own = new Set(tags.map(tag => tag.toLowerCase()))
  return (wanted ?? []).every(tag =>
    tag.startsWith('!') ? !own.has(tag.slice(1).toLowerCase()) : own.has(tag.toLowerCase()),
  )
}

/** Fisher and Yates. */
function shuffled<T>(values: readonly T[], random: Random): T[] {
  const result = [...values]
  for (let last = result.length - 1; last > 0; last--) {
    const other = Math.floor(random.next() * (last + 1))
    ;[result[last], result[other]] = [result[other] as T, result[last] as T]
  }
  return result
}
