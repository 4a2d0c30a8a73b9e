import type { Clock, Timer } from '../../../core/clock.ts'
import { publish } from '../../../core/event.ts'
import { type CheckFields, checkType, isStatus, scriptOf } from '../checks/check-definition.ts'
import type { CheckRuns } from '../checks/check-runs.ts'
import type { Finding } from '../checks/probe.ts'
import { ConsulRefusedError } from '../errors.ts'
import type { Topics } from '../live/topics.ts'
import type { Catalog, Unindexed } from '../state/catalog.ts'
import { CONSUL_LIMITS, requireShort } from '../state/limits.ts'
import type { CheckRow, ServiceRow } from '../state/rows.ts'
import { FoldedTable } from '../state/folded-table.ts'
import type { Table, TableJournal } from '../state/table.ts'
import { requireFamilies, type ServiceDefinition, type ServiceFields } from './service-definition.ts'
import { sidecarId, sidecarOf } from './sidecar.ts'

/** A change of nothing but the output of a check shows in the catalog after this long at most: it wakes everybody who watches. */
const OUTPUT_MS = 5 * 60_000

/** Whose checks may run commands: everybody's, those of the configuration alone, or nobody's. */
export type ScriptChecks = boolean | 'configured'

/** How a service is registered. */
export interface ServiceRegistration {
  /** Whether checks that are not named again go. */
  readonly replaceChecks: boolean
  /** Whether it is the configuration that says so. Default false. */
  readonly isConfigured?: boolean
}

/** What an Agent works with. */
export interface AgentInit {
  readonly clock: Clock
  readonly catalog: Catalog
  readonly topics: Topics
  readonly journal: TableJournal
  /** The next index. */
  readonly stamp: () => number
  /** The name of its node. */
  readonly node: string
  /** Whose checks may run commands. */
  readonly scriptChecks: ScriptChecks
  /** Makes what does the checks. */
  readonly runs: (listener: Pick<Agent, 'found' | 'expired'>) => CheckRuns
}

/** What is kept of a check of this agent, beside its row. */
interface KeptCheck {
  readonly checkId: string
  readonly fields: CheckFields
}

/** What a check belongs to, and what it was before, if that counts. */
interface CheckContext {
  readonly service: Unindexed<ServiceRow> | undefined
  readonly before: CheckRow | undefined
}

/** The agent of this node: services and checks are registered with it, and it does the checks. */
export class Agent {
  readonly definitions: Table<KeptCheck>
  readonly #init: AgentInit
  readonly #runs: CheckRuns
  /** Outputs that the catalog has not been told yet. */
  readonly #outputs = new Map<string, string>()
  #outputsTimer: Timer | undefined

  constructor(init: AgentInit) {
    this.#init = init
    this.#runs = init.runs(this)
    this.definitions = new FoldedTable('definition', init.journal, (before, after) => this.#defined(before, after))
  }

  get node(): string {
    return this.#init.node
  }

  /** How many checks there are, by what keeps them alive. */
  get counts(): { readonly ttl: number; readonly monitors: number } {
    return { ttl: this.#runs.ttlCount, monitors: this.#runs.monitorCount }
  }

  /** The services that were registered here, in order of their ids. */
  services(): ServiceRow[] {
    const rows = [...this.#init.catalog.servicesOn(this.node)].filter(({ isLocal }) => isLocal)
    return rows.toSorted((a, b) => (a.ID < b.ID ? -1 : 1))
  }

  service(id: string): ServiceRow | undefined {
    const row = this.serviceReplacedBy(id)
    return row?.ID === id && row.isLocal ? row : undefined
  }

  /** What goes where a service of this id is registered here: also one of the catalog alone, and one whose id is this but for case. */
  serviceReplacedBy(id: string): ServiceRow | undefined {
    return this.#init.catalog.service(this.node, id)
  }

  /** The checks that were registered here, with their newest outputs, in order of their ids. */
  checks(): CheckRow[] {
    return this.#own(this.#init.catalog.checksOn(this.node))
  }

  /** The checks of a service, and those of the node itself. */
  checksAround(serviceId: string): CheckRow[] {
    const { catalog } = this.#init
    return this.#own([...catalog.checksOf(this.node, ''), ...catalog.checksOf(this.node, serviceId)])
  }

  /** The check that was registered here under this id. */
  check(checkId: string): CheckRow | undefined {
    const row = this.checkReplacedBy(checkId)
    return row?.CheckID === checkId && this.#isOwn(row) ? this.#withOutput(row) : undefined
  }

  /** The same as of a service: what goes where a check of this id is registered here. */
  checkReplacedBy(checkId: string): CheckRow | undefined {
    return this.#init.catalog.check(this.node, checkId)
  }

  /** Registers a service with its checks; those it had stay, and with `replaceChecks` only those that are named again. Throws `ConsulRefusedError`. */
  registerService({ row, checks }: ServiceDefinition, { replaceChecks, isConfigured }: ServiceRegistration): void {
    requireFamilies(row)
    for (const fields of checks) this.#requireAllowed(fields, isConfigured)
    this.#init.catalog.putService(row)
    const kept = new Set<string>()
    for (const [index, fields] of checks.entries()) {
      const checkId = fields.CheckID || defaultCheckId(row.ID, { index, count: checks.length })
      const before = kept.has(checkId) ? undefined : this.#init.catalog.check(this.node, checkId)
      kept.add(checkId)
      const named = { ...fields, Name: fields.Name || `Service '${row.Service}' check`, CheckID: checkId }
      this.#putCheck(named, { service: row, before })
    }
    for (const check of this.#init.catalog.checksOf(this.node, row.ID)) {
      if (replaceChecks && !kept.has(check.CheckID)) this.deregisterCheck(check.CheckID)
      else this.#init.catalog.putCheck({ ...unindexed(check), ServiceName: row.Service, ServiceTags: row.Tags })
    }
    tell('registered', row)
  }

  /** The sidecar that the registration of a service asks for, if it does. Throws `ConsulRefusedError`. */
  sidecarOf({ row }: ServiceDefinition, fields: ServiceFields): ServiceDefinition | undefined {
    // Of the thousands of services of an agent a list is made only for one that asks.
    return fields.Connect?.SidecarService && sidecarOf({ row, fields }, this.services())
  }

  /** Takes a service out, its checks, and the sidecar that came with it. Harmless if there is none. */
  deregisterService(id: string): void {
    const row = this.service(id)
    if (!row) return
    for (const { CheckID } of this.#init.catalog.checksOf(this.node, id)) this.deregisterCheck(CheckID)
    this.#init.catalog.deleteService(this.node, id)
    tell('deregistered', row)
    if (this.service(sidecarId(id))?.isSidecar) this.deregisterService(sidecarId(id))
  }

  /** Registers a check of a service or, without one, of the node; one that was registered here before goes on as it was found. Throws `ConsulRefusedError`. */
  registerCheck(fields: CheckFields, { isConfigured }: Pick<ServiceRegistration, 'isConfigured'> = {}): void {
    const { ServiceID = '', Name = '' } = fields
    this.#requireAllowed(fields, isConfigured)
    const service = ServiceID === '' ? undefined : this.service(ServiceID)
    if (ServiceID !== '' && !service) throw new ConsulRefusedError(500, `ServiceID "${ServiceID}" does not exist`)
    const CheckID = fields.ID || Name
    // What a configuration says is registered at every start, and may be there from before.
    const before = isConfigured ? this.#init.catalog.check(this.node, CheckID) : this.check(CheckID)
    this.#putCheck({ ...fields, CheckID }, { service, before })
  }

  /** Harmless if there is none. */
  deregisterCheck(checkId: string): void {
    if (this.check(checkId)) this.#init.catalog.deleteCheck(this.node, checkId)
    if (this.definitions.get(checkId)?.checkId !== checkId) return
    this.#outputs.delete(checkId)
    this.definitions.delete(checkId)
  }

  /** Says how a check with a TTL is. Throws `ConsulRefusedError` if there is none. */
  tell(checkId: string, { status, output }: Finding): void {
    if (!this.#runs.heard(checkId))
      throw new ConsulRefusedError(500, `CheckID "${checkId}" does not have associated TTL`)
    this.found(checkId, { status, output: cut(output) })
  }

  /** A check was found to be so. */
  found(checkId: string, { status, output }: Finding): void {
    const { catalog, topics, stamp } = this.#init
    const row = catalog.check(this.node, checkId)
    if (!row) return
    if (row.Status !== status) {
      this.#outputs.delete(checkId)
      catalog.putCheck({ ...unindexed(row), Status: status, Output: output })
    } else if (output !== (this.#outputs.get(checkId) ?? row.Output)) {
      this.#outputs.set(checkId, output)
      topics.touch('agent', stamp())
      this.#tellOutputsLater()
    }
  }

  /** The TTL of a check has passed. */
  expired(checkId: string): void {
    const row = this.#init.catalog.check(this.node, checkId)
    if (!row) return
    const last = this.#withOutput(row).Output
    if (last.startsWith('TTL expired')) return
    const output = last === '' ? 'TTL expired' : `TTL expired (last output before timeout follows): ${last}`
    this.found(checkId, { status: 'critical', output })
  }

  /** Puts a service, or without one the node, into maintenance, with the reason; or takes it out. */
  maintain(service: ServiceRow | undefined, reason: string | undefined): void {
    const checkId = service ? `_service_maintenance:${service.ID}` : '_node_maintenance'
    if (reason === undefined) return this.#init.catalog.deleteCheck(this.node, checkId)
    const what = service ? 'service' : 'node'
    const message = `Maintenance mode is enabled for this ${what}, but no reason was provided. This is a default message.`
    this.#init.catalog.putCheck({
      Node: this.node,
      CheckID: checkId,
      Name: service ? 'Service Maintenance Mode' : 'Node Maintenance Mode',
      Status: 'critical',
      Notes: reason || message,
      Output: '',
      ServiceID: service?.ID ?? '',
      ServiceName: service?.Service ?? '',
      ServiceTags: service?.Tags ?? [],
      Type: 'maintenance',
      Definition: {},
    })
  }

  /** Ends all checking. */
  close(): void {
    this.#outputsTimer?.cancel()
    this.#runs.close()
  }

  #requireAllowed(fields: CheckFields, isConfigured = false): void {
    requireShort('A text of a check', fields.CheckID, fields.ID, fields.Name, fields.HTTP, fields.TCP, fields.GRPC)
    if (fields.DockerContainerID) throw new ConsulRefusedError(501, 'Docker checks are not supported by this registry')
    const { scriptChecks } = this.#init
    if (!scriptOf(fields) || scriptChecks === true || (scriptChecks === 'configured' && isConfigured)) return
    const [whose, setting] = isConfigured
      ? ['', "'enable_script_checks' or 'enable_local_script_checks'"]
      : [' from remote calls', "'enable_script_checks'"]
    throw new ConsulRefusedError(
      500,
      `Scripts are disabled on this agent${whose}; to enable, configure ${setting} to true`,
    )
  }

  #putCheck(fields: CheckFields, { service, before }: CheckContext): void {
    const { CheckID = '', Name = '', Notes = '', Status = '' } = fields
    const asked = isStatus(Status) ? Status : 'critical'
    this.#init.catalog.putCheck({
      Node: this.node,
      CheckID,
      Name,
      Status: before?.Status ?? asked,
      Notes,
      Output: before?.Output ?? '',
      ServiceID: service?.ID ?? '',
      ServiceName: service?.Service ?? '',
      ServiceTags: service?.Tags ?? [],
      Type: checkType(fields),
      Definition: {},
    })
    this.definitions.put(CheckID, { checkId: CheckID, fields })
  }

  /** A definition came, changed or went: the check is done accordingly. */
  #defined(before: KeptCheck | undefined, after: KeptCheck | undefined): void {
    if (before && before.checkId !== after?.checkId) this.#runs.stop(before.checkId)
    if (after) this.#runs.start(after.checkId, after.fields)
  }

  #own(checks: Iterable<CheckRow>): CheckRow[] {
    const rows = [...checks].filter(row => this.#isOwn(row))
    return rows.map(row => this.#withOutput(row)).toSorted((a, b) => (a.CheckID < b.CheckID ? -1 : 1))
  }

  #isOwn({ CheckID, Type }: CheckRow): boolean {
    return Type === 'maintenance' || this.definitions.get(CheckID) !== undefined
  }

  #withOutput(row: CheckRow): CheckRow {
    const output = this.#outputs.get(row.CheckID)
    return output === undefined ? row : { ...row, Output: output }
  }

  #tellOutputsLater(): void {
    this.#outputsTimer ??= this.#init.clock.schedule(OUTPUT_MS, () => {
      this.#outputsTimer = undefined
      for (const [checkId, output] of this.#outputs) {
        const row = this.#init.catalog.check(this.node, checkId)
        if (row) this.#init.catalog.putCheck({ ...unindexed(row), Output: output })
      }
      this.#outputs.clear()
    })
  }
}

function tell(what: 'registered' | 'deregistered', { ID: id, Service: service }: Unindexed<ServiceRow>): void {
  const message = `The service ${id} was ${what} by the Consul API`
  publish('daemon', { level: 'debug', event: `consul.${what}`, message, service, id })
}

/** The id of a check of a service that says none: one of `count`. */
export function defaultCheckId(serviceId: string, { index, count }: { index: number; count: number }): string {
  return count > 1 ? `service:${serviceId}:${index + 1}` : `service:${serviceId}`
}

function unindexed({ CreateIndex: _create, ModifyIndex: _modify, ...row }: CheckRow): Unindexed<CheckRow> {
  return row
}

function cut(output: string): string {
  const bytes = Buffer.from(output)
  if (bytes.length <= CONSUL_LIMITS.outputBytes) return output
  return `${bytes.subarray(0, CONSUL_LIMITS.outputBytes).toString()} ... (captured ${CONSUL_LIMITS.outputBytes} of ${bytes.length} bytes)`
}
