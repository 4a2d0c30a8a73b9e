import { type CheckFields, OWN_CHECK_SHAPE, validateCheck, withoutAliases } from '../checks/check-definition.ts'
import type { ConsulDefinitions } from '../consul-options.ts'
import { decodeBody } from '../go/decode.ts'
import { Table, type TableJournal } from '../state/table.ts'
import type { Agent } from './agent.ts'
import { SERVICE_SHAPE, type ServiceDefinition, serviceDefinition, type ServiceFields } from './service-definition.ts'
import { sidecarId } from './sidecar.ts'

/** What the configuration has registered at the agent. It is kept, so that what is in the configuration no longer goes, also at the next start. */
export class ConfiguredDefinitions {
  /** By `service ID` and `check ID`. */
  readonly rows: Table<true>
  readonly #agent: Agent

  constructor(agent: Agent, journal: TableJournal) {
    this.#agent = agent
    this.rows = new Table('configured', journal)
  }

  /**
   * Registers what a configuration says, over what was registered under the same ids; what an earlier one said and this one does not is taken out. How a
   * check was stays. Throws `ConsulRefusedError` for the first thing that is not valid, before anything is changed unless an agent alone knows.
   */
  apply(definitions: ConsulDefinitions): void {
    const services = definitions.services.map(service => this.#service(service))
    const checks = definitions.checks.map(ownCheck)
    const said = new Set([...services.flatMap(keysOf), ...checks.map(check => keyOf(check))])
    for (const key of this.rows.keys()) if (!said.has(key)) this.#takeOut(key)
    for (const { definition, fields } of services) {
      this.#register(definition)
      const sidecar = this.#agent.sidecarOf(definition, fields)
      if (sidecar) this.#register(sidecar)
    }
    for (const check of checks) this.#agent.registerCheck(check, { isConfigured: true })
    for (const key of said) if (!this.rows.get(key)) this.rows.put(key, true)
  }

  #service(service: object): ConfiguredService {
    const fields = decodeBody(JSON.stringify(service), SERVICE_SHAPE) as ServiceFields
    return { fields, definition: serviceDefinition(fields, this.#agent.node) }
  }

  #register(definition: ServiceDefinition): void {
    this.#agent.registerService(definition, { replaceChecks: true, isConfigured: true })
  }

  #takeOut(key: string): void {
    const [kind = '', ...id] = key.split(' ')
    if (kind === 'service') this.#agent.deregisterService(id.join(' '))
    else this.#agent.deregisterCheck(id.join(' '))
    this.rows.delete(key)
  }
}

interface ConfiguredService {
  readonly fields: ServiceFields
  readonly definition: ServiceDefinition
}

function keysOf({ fields, definition: { row } }: ConfiguredService): string[] {
  const ids = fields.Connect?.SidecarService ? [row.ID, sidecarId(row.ID)] : [row.ID]
  return ids.map(id => `service ${id}`)
}

function ownCheck(check: object): CheckFields {
  const fields = withoutAliases(decodeBody(JSON.stringify(check), OWN_CHECK_SHAPE) as CheckFields)
  validateCheck(fields)
  return fields
}

function keyOf({ ID, Name = '' }: CheckFields): string {
  return `check ${ID || Name}`
}
