import { createHash, randomUUID } from 'node:crypto'
import { ConsulRefusedError } from '../errors.ts'
import { requireRoom, requireShort } from '../state/limits.ts'
import { Table, type TableJournal } from '../state/table.ts'
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

const NAME = /^[A-Za-z0-9\-_]{1,128}$/

/** The policies of the Consul API, by id; their names are unique. */
export class Policies {
  readonly rows: Table<PolicyRow>
  readonly #stamp: () => number

  constructor({ journal, stamp, onChange }: PoliciesInit) {
    this.#stamp = stamp
    this.rows = new Table('acl-policy', journal, before => onChange(before !== undefined))
  }

  /** In the order of their ids. */
  list(): PolicyRow[] {
    return [...this.rows.values()].toSorted((a, b) => (a.ID < b.ID ? -1 : 1))
  }

  get(id: string): PolicyRow | undefined {
    return this.rows.get(id)
  }

  named(name: string): PolicyRow | undefined {
    return [...this.rows.values()].find(({ Name }) => Name === name)
  }

  /** Throws `ConsulRefusedError`. */
  create(fields: PolicyFields): PolicyRow {
    requireRoom('policies', this.rows.size)
    this.#validateName(fields.Name ?? '')
    if (this.named(fields.Name ?? '')) refuse(`A Policy with Name ${JSON.stringify(fields.Name)} already exists`)
    return this.#put(randomUUID(), fields)
  }

  /** Throws `ConsulRefusedError`, also if it is not there. */
  update(id: string, fields: PolicyFields): PolicyRow {
    const { Name = '', Rules = '', Datacenters = [] } = fields
    this.#validateName(Name)
    const before = this.rows.get(id)
    if (!before) throw new ConsulRefusedError(500, `cannot find policy ${id}`)
    if (Name !== before.Name && this.named(Name)) refuse(`A policy with name ${JSON.stringify(Name)} already exists`)
    const isBuiltIn = id === MANAGEMENT_ID
    const builtIn = 'for the builtin global-management policy is not permitted'
    if (isBuiltIn && Rules !== before.Rules) throw new ConsulRefusedError(500, `Changing the Rules ${builtIn}`)
    if (isBuiltIn && Datacenters.length > 0) throw new ConsulRefusedError(500, `Changing the Datacenters ${builtIn}`)
    return this.#put(id, fields)
  }

  /** Harmless if there is none. Throws `ConsulRefusedError` for the one that is always there. */
  delete(id: string): void {
    if (id === MANAGEMENT_ID)
      throw new ConsulRefusedError(500, 'Delete operation not permitted on the builtin global-management policy')
    this.rows.delete(id)
  }

  /** Sees to it that the policy is there by which everything is allowed. */
  putBuiltIn(): void {
    if (this.rows.get(MANAGEMENT_ID)) return
    const Description = 'Builtin Policy that grants unlimited access'
    this.#put(MANAGEMENT_ID, { Name: 'global-management', Description, Rules: MANAGEMENT_RULES })
  }

  #validateName(name: string): void {
    if (name === '') refuse('no Name is set')
    if (!NAME.test(name)) refuse("invalid Name. Only alphanumeric characters, '-' and '_' are allowed")
  }

  #put(ID: string, { Name = '', Description = '', Rules = '', Datacenters = [] }: PolicyFields): PolicyRow {
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
      CreateIndex: this.rows.get(ID)?.CreateIndex ?? index,
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

function refuse(problem: string): never {
  throw new ConsulRefusedError(500, `Invalid Policy: ${problem}`)
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
