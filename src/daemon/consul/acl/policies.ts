import { createHash, randomUUID } from 'node:crypto'
import { ConsulRefusedError } from '../errors.ts'
import { requireRoom, requireShort } from '../state/limits.ts'
import type { TableJournal } from '../state/table.ts'
import { NamedTable } from './named-table.ts'
import { readPolicyRules } from './policy-rules.ts'

/** A policy, as Consul shows it. */
export interface PolicyRow {
  readonly ID: string
  readonly Name: string
  readonly Description: string
  /** In Consul's language. */
  readonly Rules: string
  /** Where it counts; everywhere if it names none. */
  readonly Datacenters?: readonly string[]
  readonly Hash: string
  readonly CreateIndex: number
  readonly ModifyIndex: number
}

/** A policy as it is written by a client. */
export interface PolicyFields {
  readonly ID?: string
  readonly Name?: string
  readonly Description?: string
  readonly Rules?: string
  readonly Datacenters?: readonly string[]
}

/** What Policies work with. */
export interface PoliciesInit {
  readonly journal: TableJournal
  readonly stamp: () => number
  /** A policy was made, changed or taken out; `wasThere` unless it is new. */
  readonly onChange: (wasThere: boolean) => void
}

/** The policy that everything is allowed by. */
export const MANAGEMENT_ID = '00000000-0000-0000-0000-000000000001'

const NAME_MAX = 128

/** The policies of the Consul API, by id; their names are unique. */
export class Policies {
  readonly rows: NamedTable<PolicyRow>
  readonly #stamp: () => number

  constructor({ journal, stamp, onChange }: PoliciesInit) {
    this.#stamp = stamp
    const listener = (before: PolicyRow | undefined) => onChange(before !== undefined)
    this.rows = new NamedTable({ what: 'policy', nameMax: NAME_MAX, journal, listener })
  }

  /** Throws `ConsulRefusedError`. */
  create(fields: PolicyFields): PolicyRow {
    requireRoom('policies', this.rows.size)
    this.rows.requireFreeName(fields.Name)
    return this.#put({ ID: randomUUID() }, fields)
  }

  /** Throws `ConsulRefusedError`, also if it is not there. */
  update(id: string, fields: PolicyFields): PolicyRow {
    const { Name, Rules = '', Datacenters = [] } = fields
    const before = this.rows.existing(id, Name)
    const isBuiltIn = id === MANAGEMENT_ID
    const builtIn = 'for the builtin global-management policy is not permitted'
    if (isBuiltIn && Rules !== before.Rules) throw new ConsulRefusedError(500, `Changing the Rules ${builtIn}`)
    if (isBuiltIn && Datacenters.length > 0) throw new ConsulRefusedError(500, `Changing the Datacenters ${builtIn}`)
    return this.#put(before, fields)
  }

  /** Harmless if there is none. Throws `ConsulRefusedError` for the one that is always there, and for an id that none can have. */
  delete(id: string): void {
    if (id === MANAGEMENT_ID)
      throw new ConsulRefusedError(500, 'Delete operation not permitted on the builtin global-management policy')
    this.rows.remove(id)
  }

  /** Sees to it that the policy is there by which everything is allowed. */
  putBuiltIn(): void {
    if (this.rows.get(MANAGEMENT_ID)) return
    const Description = 'Builtin Policy that grants unlimited access'
    this.#put({ ID: MANAGEMENT_ID }, { Name: 'global-management', Description, Rules: MANAGEMENT_RULES })
  }

  #put({ ID, CreateIndex }: { ID: string; CreateIndex?: number }, fields: PolicyFields): PolicyRow {
    const { Name = '', Description = '', Rules = '', Datacenters = [] } = fields
    requireShort('A text of a policy', Description, ...Datacenters)
    readPolicyRules(Rules)
    const index = this.#stamp()
    const row: PolicyRow = {
      ID,
      Name,
      Description,
      Rules,
      ...(Datacenters.length > 0 && { Datacenters }),
      Hash: contentHash([Name, Description, Rules, ...Datacenters]),
      CreateIndex: CreateIndex ?? index,
      ModifyIndex: index,
    }
    this.rows.put(ID, row)
    return row
  }
}

/** By which clients tell whether two are the same. */
export function contentHash(parts: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64')
}

const MANAGEMENT_RULES = `
acl = "write"
agent_prefix "" {
	policy = "write"
}
event_prefix "" {
	policy = "write"
}
key_prefix "" {
	policy = "write"
}
keyring = "write"
node_prefix "" {
	policy = "write"
}
operator = "write"
query_prefix "" {
	policy = "write"
}
service_prefix "" {
	policy = "write"
	intentions = "write"
}
session_prefix "" {
	policy = "write"
}`
