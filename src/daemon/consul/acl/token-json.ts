import type { Policies } from './policies.ts'
import { contentHash } from './policies.ts'
import { ANONYMOUS_ID, HIDDEN, type TokenRow } from './token-row.ts'
import type { NewToken } from './tokens.ts'

/** A token that was just made, with its secret. */
export function newTokenJson({ row, secret }: NewToken, policies: Policies): object {
  return tokenJson(row, { policies, secret })
}

/** A token as Consul shows it, in the order in which it does. Its secret is not known here unless somebody just told it. */
export function tokenJson(row: TokenRow, { policies, secret }: { policies: Policies; secret?: string }): object {
  const { AccessorID, ...rest } = listedToken(row, policies)
  return { AccessorID, SecretID: secret ?? (row.AccessorID === ANONYMOUS_ID ? 'anonymous' : HIDDEN), ...rest }
}

/** A token as it shows in a list. */
export function listedToken(row: TokenRow, policies: Policies): { readonly AccessorID: string } {
  const { AccessorID, Description, ServiceIdentities, NodeIdentities, Local, ExpirationTime, CreateTime } = row
  const links = row.policies.flatMap(id => {
    const policy = policies.get(id)
    return policy ? [{ ID: policy.ID, Name: policy.Name }] : []
  })
  return {
    AccessorID,
    Description,
    ...(links.length > 0 && { Policies: links }),
    ...(ServiceIdentities.length > 0 && { ServiceIdentities }),
    ...(NodeIdentities.length > 0 && { NodeIdentities }),
    Local,
    ...(ExpirationTime !== undefined && { ExpirationTime }),
    CreateTime,
    Hash: contentHash([Description, row.policies, ServiceIdentities, NodeIdentities]),
    CreateIndex: row.CreateIndex,
    ModifyIndex: row.ModifyIndex,
  } as { readonly AccessorID: string }
}
