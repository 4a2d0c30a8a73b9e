import { randomUUID } from 'node:crypto'
import { requireRoom, requireShort } from '../state/limits.ts'
import type { TableJournal } from '../state/table.ts'
import { nodeIdentities, type NodeIdentity, serviceIdentities, type ServiceIdentity } from './identities.ts'
import { type Link, linkedIds } from './links.ts'
import { NamedTable } from './named-table.ts'
import type { Policies } from './policies.ts'

/** A role as it is kept. */
export interface RoleRow {
  readonly ID: string
  readonly Name: string
  readonly Description: string
  /** Ids of policies; one that is gone counts no more. */
  readonly policies: readonly string[]
  readonly ServiceIdentities: readonly ServiceIdentity[]
  readonly NodeIdentities: readonly NodeIdentity[]
  readonly CreateIndex: number
  readonly ModifyIndex: number
}

/** A role as it is written by a client. */
export interface RoleFields {
  readonly ID?: string
  readonly Name?: string
  readonly Description?: string
  readonly Policies?: readonly Link[]
  readonly ServiceIdentities?: readonly Partial<ServiceIdentity>[]
  readonly NodeIdentities?: readonly Partial<NodeIdentity>[]
}

/** What Roles work with. */
export interface RolesInit {
  readonly journal: TableJournal
  readonly stamp: () => number
  readonly policies: Policies
  /** A role was made, changed or taken out; `wasThere` unless it is new. */
  readonly onChange: (wasThere: boolean) => void
}

const NAME_MAX = 256

/** The roles of the Consul API, by id; their names are unique. What a role allows is allowed by every token that links it. */
export class Roles {
  readonly rows: NamedTable<RoleRow>
  readonly #init: RolesInit

  constructor(init: RolesInit) {
    const { journal, onChange } = init
    const listener = (before: RoleRow | undefined) => onChange(before !== undefined)
    this.#init = init
    this.rows = new NamedTable({ what: 'role', nameMax: NAME_MAX, journal, listener })
  }

  /** Throws `ConsulRefusedError`. */
  create(fields: RoleFields): RoleRow {
    requireRoom('roles', this.rows.size)
    this.rows.requireFreeName(fields.Name)
    return this.#put({ ID: randomUUID() }, fields)
  }

  /** Throws `ConsulRefusedError`, also if it is not there. */
  update(id: string, fields: RoleFields): RoleRow {
    return this.#put(this.rows.existing(id, fields.Name), fields)
  }

  #put({ ID, CreateIndex }: { ID: string; CreateIndex?: number }, fields: RoleFields): RoleRow {
    const { Name = '', Description = '', Policies = [], ServiceIdentities = [], NodeIdentities = [] } = fields
    requireShort('The description of a role', Description)
    const content = {
      policies: linkedIds(Policies, 'role', this.#init.policies.rows),
      ServiceIdentities: serviceIdentities(ServiceIdentities, 'role'),
      NodeIdentities: nodeIdentities(NodeIdentities, 'role'),
    }
    const index = this.#init.stamp()
    const row = { ID, Name, Description, ...content, CreateIndex: CreateIndex ?? index, ModifyIndex: index }
    this.rows.put(ID, row)
    return row
  }
}
