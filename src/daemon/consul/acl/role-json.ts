import type { Acl } from './acl.ts'
import { linksOf } from './links.ts'
import { contentHash } from './policies.ts'
import type { RoleRow } from './roles.ts'

/** A role as Consul shows it, in the order in which it does. */
export function roleJson(row: RoleRow, { policies }: Pick<Acl, 'policies'>): object {
  const { ID, Name, Description, ServiceIdentities, NodeIdentities, CreateIndex, ModifyIndex } = row
  const links = linksOf(row.policies, policies.rows)
  return {
    ID,
    Name,
    Description,
    ...(links.length > 0 && { Policies: links }),
    ...(ServiceIdentities.length > 0 && { ServiceIdentities }),
    ...(NodeIdentities.length > 0 && { NodeIdentities }),
    Hash: contentHash([Name, Description, row.policies, ServiceIdentities, NodeIdentities]),
    CreateIndex,
    ModifyIndex,
  }
}
