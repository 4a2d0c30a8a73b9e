import type { Call } from '../http/call.ts'
import type { Sees } from '../http/sight.ts'
import type { QueryFields, QueryRow } from '../queries/query-row.ts'

/** What stands in the place of a token that is not for everybody. */
const HIDDEN = '<hidden>'

/** As much of a query as its rights depend on. */
type Named = Pick<QueryFields, 'Name' | 'Template'> | undefined

/** Requires the right on the names of queries that are written or taken out; those without a name take none. Throws `ForbiddenError`. */
export function requireNamed({ guard }: Call, ...queries: readonly Named[]): void {
  for (const query of queries) if (query && hasName(query)) guard.require('queries:write', query.Name ?? '')
}

/** A query of which the caller knows the id or the name. Throws `ForbiddenError`. */
export function shown({ guard }: Call, query: QueryRow): QueryRow {
  if (guard.may('acl:write', '')) return query
  if (hasName(query)) guard.require('queries:read', query.Name)
  return withoutToken(query)
}

/** What somebody is shown of a query in a list: those without a name are for administrators. */
export function shownInList(query: QueryRow, sees: Sees): readonly QueryRow[] {
  if (sees('acl:write', '')) return [query]
  return hasName(query) && sees('queries:read', query.Name) ? [withoutToken(query)] : []
}

function hasName({ Name = '', Template }: NonNullable<Named>): boolean {
  return Name !== '' || (Template?.Type ?? '') !== ''
}

function withoutToken(query: QueryRow): QueryRow {
  return query.Token === '' ? query : { ...query, Token: HIDDEN }
}
