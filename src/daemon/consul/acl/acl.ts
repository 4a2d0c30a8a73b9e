import { randomUUID } from 'node:crypto'
import type { Clock } from '../../../core/clock.ts'
import type { Grants } from '../../access/grants.ts'
import { tokenHash } from '../../access/token-hash.ts'
import { ConsulRefusedError } from '../errors.ts'
import { type KeptTable, Table, type TableJournal } from '../state/table.ts'
import { MANAGEMENT_ID, Policies } from './policies.ts'
import { ALL_GRANTS, type DefaultPolicy, grantsOf } from './policy-grants.ts'
import { type PolicyRule, readPolicyRules } from './policy-rules.ts'
import { Roles } from './roles.ts'
import { type NewToken, Tokens } from './tokens.ts'
import { ANONYMOUS_ID, type TokenRow } from './token-row.ts'

/** What an Acl works with. */
export interface AclInit {
  readonly journal: TableJournal
  readonly clock: Clock
  readonly stamp: () => number
  readonly datacenter: string
  readonly defaultPolicy: DefaultPolicy
  /** The secret of a token by which everything is allowed, to be there from the first start on; empty for none. */
  readonly master: string
  /** The rights of somebody who was known may be others now. */
  readonly onChange: () => void
  /** Anything was written. */
  readonly onWrite: () => void
}

const MANAGEMENT = { Policies: [{ ID: MANAGEMENT_ID }] }

/** Tokens, roles and policies of the Consul API, kept with its other data, and the rights that they come to. */
export class Acl {
  readonly policies: Policies
  readonly roles: Roles
  readonly tokens: Tokens
  readonly #init: AclInit
  /** `bootstrap`: at which index the first token was made by which everything is allowed; `default`: the hash of whose rights count without a token. */
  readonly #facts: Table<string | number>
  #grants = new WeakMap<TokenRow, Grants>()

  constructor(init: AclInit) {
    const { journal, clock, stamp } = init
    const onChange = (wasThere: boolean) => this.#changed(wasThere)
    const onGivenChange = (wasThere: boolean) => {
      // What seems to be new is linked already where it is there again because its removal could not be kept.
      this.#grants = new WeakMap()
      this.#changed(wasThere)
    }
    this.#init = init
    this.policies = new Policies({ journal, stamp, onChange: onGivenChange })
    const { policies } = this
    this.roles = new Roles({ journal, stamp, onChange: onGivenChange, policies })
    this.tokens = new Tokens({ journal, clock, stamp, onChange, policies, roles: this.roles })
    this.#facts = new Table('acl-fact', journal)
  }

  /** What is kept of it. */
  get tables(): readonly KeptTable[] {
    return [this.policies.rows, this.roles.rows, this.tokens.rows, this.#facts]
  }

  /** The hash of the token that counts where none is shown, if it was set by the API. */
  get defaultHash(): string | undefined {
    return this.#facts.get('default')?.toString()
  }

  set defaultHash(hash: string) {
    this.#facts.put('default', hash)
    this.#changed(true)
  }

  /** Makes what always has to be there. To be called once its tables are filled. */
  open(): void {
    const { master } = this.#init
    this.policies.putBuiltIn()
    if (!this.tokens.get(ANONYMOUS_ID)) this.tokens.put(ANONYMOUS_ID, 'anonymous', { Description: 'Anonymous Token' })
    if (master === '' || this.tokens.find(tokenHash(master))) return
    const { row } = this.tokens.put(randomUUID(), master, { ...MANAGEMENT, Description: 'Master Token' })
    this.#facts.put('bootstrap', row.CreateIndex)
  }

  /** Makes the first token by which everything is allowed, once. Throws `ConsulRefusedError`. */
  bootstrap(): NewToken {
    const index = this.#facts.get('bootstrap')
    if (index !== undefined)
      throw new ConsulRefusedError(403, `Permission denied: ACL bootstrap no longer allowed (reset index: ${index})`)
    const made = this.tokens.create({ ...MANAGEMENT, Description: 'Bootstrap Token (Global Management)' })
    this.#facts.put('bootstrap', made.row.CreateIndex)
    return made
  }

  /** What a token allows, as everything is just now. */
  grantsOf(row: TokenRow): Grants {
    let grants = this.#grants.get(row)
    if (!grants) this.#grants.set(row, (grants = this.#computed(row)))
    return grants
  }

  close(): void {
    this.tokens.close()
  }

  /** What its own policies and identities allow, and those of its roles. */
  #computed(row: TokenRow): Grants {
    const holders = [row, ...(row.roles ?? []).flatMap(id => this.roles.rows.get(id) ?? [])]
    const policies = new Set(holders.flatMap(holder => holder.policies))
    if (policies.has(MANAGEMENT_ID)) return ALL_GRANTS
    const { datacenter, defaultPolicy } = this.#init
    const isHere = ({ Datacenters = [] }: { Datacenters?: readonly string[] }) =>
      Datacenters.length === 0 || Datacenters.includes(datacenter)
    const rules = [
      ...[...policies].flatMap(id => {
        const policy = this.policies.rows.get(id)
        return policy && isHere(policy) ? readPolicyRules(policy.Rules) : []
      }),
      ...holders
        .flatMap(holder => holder.ServiceIdentities.filter(isHere))
        .flatMap(({ ServiceName }) => serviceRules(ServiceName)),
      ...holders
        .flatMap(holder => holder.NodeIdentities)
        .flatMap(({ NodeName, Datacenter }) => (Datacenter === datacenter ? nodeRules(NodeName) : [])),
    ]
    return grantsOf(rules, defaultPolicy)
  }

  #changed(wasThere: boolean): void {
    this.#init.onWrite()
    if (!wasThere) return
    this.#grants = new WeakMap()
    this.#init.onChange()
  }
}

const READ_SERVICES: PolicyRule = { kind: 'services', prefix: '', isExact: false, level: 'read' }
const READ_NODES: PolicyRule = { kind: 'nodes', prefix: '', isExact: false, level: 'read' }

function serviceRules(name: string): PolicyRule[] {
  return [{ kind: 'services', prefix: name, isExact: true, level: 'register' }, READ_SERVICES, READ_NODES]
}

function nodeRules(name: string): PolicyRule[] {
  return [{ kind: 'nodes', prefix: name, isExact: true, level: 'write' }, READ_SERVICES]
}
