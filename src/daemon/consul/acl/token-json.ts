import type { Acl } from './acl.ts'
import { linksOf } from './links.ts'
import { contentHash } from './policies.ts'
import { ANONYMOUS_ID, HIDDEN, type TokenRow } from './token-row.ts'
import type { NewToken } from './tokens.ts'

/** Where the names of what a token links are found. */
type Names = Pick<Acl, 'policies' | 'roles'>

/** A token that was just made, with its secret. */
export function newTokenJson({ row, secret }: NewToken, acl: Names): object {
  return tokenJson(row, { acl, secret })
}

/** A token as Consul shows it, in the order in which it does. Its secret is not known here unless somebody just told it. */
export function tokenJson(row: TokenRow, { acl, secret }: { acl: Names; secret?: string }): object {
  const { AccessorID, ...rest } = listedToken(row, acl)
  return { AccessorID, SecretID: secret ?? (row.AccessorID === ANONYMOUS_ID ? 'anonymous' : HIDDEN), ...rest }
}

/** A token as it shows in a list. */
export function listedToken(row: TokenRow, { policies, roles }: Names): { readonly AccessorID: string } {
  const { AccessorID, Description, ServiceIdentities, NodeIdentities, Local, ExpirationTime, CreateTime } = row
  const { roles: roleIds = [] } = row
  const Policies = linksOf(row.policies, policies.rows)
  const Roles = linksOf(roleIds, roles.rows)
  return {
    AccessorID,
    Description,
    ...(Policies.length > 0 && { Policies }),
    ...(Roles.length > 0 && { Roles }),
    ...(ServiceIdentities.length > 0 && { ServiceIdentities }),
    ...(NodeIdentities.length > 0 && { NodeIdentities }),
    Local,
    ...(ExpirationTime !== undefined && { ExpirationTime }),
    CreateTime,
    Hash: contentHash([Description, row.policies, roleIds, ServiceIdentities, NodeIdentities]),
    CreateIndex: row.CreateIndex,
    ModifyIndex: row.ModifyIndex,
  } as { readonly AccessorID: string }
}
