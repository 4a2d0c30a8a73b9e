import { tokenHash } from '../../access/token-hash.ts'
import type { Call } from '../http/call.ts'
import type { CallGuard } from '../http/guard.ts'
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
  if (guard.may('acl:write', '')) return withoutHash(query)
  if (hasName(query)) guard.require('queries:read', query.Name)
  return withoutToken(query)
}

/** What somebody is shown of a query in a list: those without a name are for administrators. */
export function shownInList(query: QueryRow, sees: Sees): readonly QueryRow[] {
  if (sees('acl:write', '')) return [withoutHash(query)]
  return hasName(query) && sees('queries:read', query.Name) ? [withoutToken(query)] : []
}

function hasName({ Name = '', Template }: NonNullable<Named>): boolean {
  return Name !== '' || (Template?.Type ?? '') !== ''
}

function withoutToken(query: QueryRow): QueryRow {
  return query.Token === '' ? withoutHash(query) : { ...query, Token: HIDDEN }
}

function withoutHash({ TokenHash, ...query }: QueryRow): QueryRow {
  return TokenHash === undefined ? query : { ...query, Token: HIDDEN }
}

/** A query as it is kept: where there are rules, with the hash of its token only. What is shown in the place of one is taken for no change. */
export function sealed({ guard }: Call, fields: QueryFields, before?: QueryRow): QueryFields {
  const { Token = '' } = fields
  if (Token === '' || (Token !== HIDDEN && !guard.isControlled)) return fields
  if (Token !== HIDDEN) return { ...fields, Token: '', TokenHash: tokenHash(Token) }
  const { Token: kept = '', TokenHash } = before ?? {}
  return { ...fields, Token: kept, ...(TokenHash !== undefined && { TokenHash }) }
}

/** By whose rights a query finds what it finds: those of its token if it has one, else the caller's. */
export function guardOf(call: Call, { Token, TokenHash }: QueryRow): CallGuard {
  if (TokenHash !== undefined) return call.guardFor({ hash: TokenHash })
  return Token === '' ? call.guard : call.guardFor({ token: Token })
}
