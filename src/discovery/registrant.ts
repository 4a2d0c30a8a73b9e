import { isDeepStrictEqual } from 'node:util'
import { BaseService, type BaseServiceOptions } from '../application/base-service.ts'
import type { PhaseContext } from '../application/phase.ts'
import type { ServiceStatus } from '../application/service.ts'
import { timeLimit, type Abortable } from '../core/abort.ts'
import { publish } from '../core/event.ts'
import { Latest } from '../core/latest.ts'
import { systemRandom, type Random } from '../core/random.ts'
import { advertisedEndpoint } from './advertise.ts'
import { createInstance } from './create-instance.ts'
import { sayFarewell } from './farewell.ts'
import type { HealthCheck } from './health-check.ts'
import { HealthMonitor, type CheckSchedule, type HealthReport } from './health-monitor.ts'
import { changesBetween } from './instance-changes.ts'
import { createInstanceId } from './instance-id.ts'
import type { Instance, InstanceInit } from './instance.ts'
import type { DrainReport, InstanceChanges, Lease } from './lease.ts'
import type { Registry } from './registry.ts'
import { Upkeep, type UpkeepEvent } from './upkeep.ts'
import { reportUpkeep } from './upkeep-report.ts'

/** What a Registrant makes findable, such as a Site. */
export interface Covered {
  /** Where it listens, as endpoint URLs; known once it is bound. */
  readonly endpoints: readonly string[]
  readonly status: ServiceStatus
}

/** What a Registrant is made of. */
export interface RegistrantOptions
  extends BaseServiceOptions, Partial<Pick<Instance, 'id' | 'zone' | 'version' | 'tags' | 'weight' | 'metadata'>> {
  registry: Pick<Registry, 'register'>
  serviceName: string
  /** What is registered: the endpoints of all of them, while all of them are ready. */
  covers: Covered | readonly Covered[]
  /** Default `registrant:<serviceName>`. */
  name?: string
  /** The claim lapses when not renewed for this long, in milliseconds. Default 15,000. */
  ttlMs?: number
  /**
   * The longest wait for consumers to acknowledge that they send nothing new any more, in milliseconds. Default 4,000: draining may take half
   * of the time that a stop has, 10 s by default, and who did not acknowledge has yet to be told and the Instance deregistered.
   */
  drainMs?: number
  /** The host (or host:port) that others shall use. Default: as `advertisedEndpoint` finds it. */
  advertise?: string
  /** What has to be well, beside the status of what is covered. Default: nothing. */
  checks?: readonly HealthCheck[]
  health?: CheckSchedule
  random?: Random
}

/** What may be changed while it runs; the endpoints follow what is covered. */
export type RegistrantChanges = Omit<InstanceChanges, 'endpoints'>

/** How long the call under way may take to be answered on the way down, in milliseconds. */
const STOP_CALL_MS = 2000

/**
 * Registers an Instance while what it covers is ready and healthy, and keeps it registered: renews, follows changes, registers again
 * whatever the registry or somebody else did to it. An absent registry is waited for in the background.
 *
 * On the way down the Instance is marked draining and consumers are waited for (at most `drainMs`) *before* anything it covers stops
 * accepting; then it is deregistered. Once they acknowledged, no new request arrives. When what it covers fails, or a check does, it is
 * withdrawn at once, and registered again when all is well.
 *
 * Another process with the same id is reported (event `instance.conflict`, status `degraded`) and tried against again, never merged.
 */
export class Registrant extends BaseService {
  /** Of the Instance: the same for as long as this object lives. */
  readonly id: string
  readonly serviceName: string
  readonly #options: RegistrantOptions
  readonly #covers: readonly Covered[]
  #monitor: HealthMonitor | undefined
  #changes: RegistrantChanges = {}
  /** Counts `update()`, and which of them the registry has. */
  #version = 0
  #applied = new Latest<number>()
  #startedAt: number | undefined
  #wanted: Instance | undefined
  /** The endpoints that `#wanted` was made for. */
  #covered: readonly string[] = []
  #upkeep: Upkeep | undefined
  #lastDrain: DrainReport | undefined
  #failing = false

  constructor(options: RegistrantOptions) {
    const { serviceName, covers, random = systemRandom } = options
    super(options.name ?? `registrant:${serviceName}`, options)
    this.serviceName = serviceName
    this.id = options.id ?? createInstanceId(serviceName, random)
    this.#options = options
    this.#covers = [covers].flat()
  }

  /** The Instance as the registry has it; undefined while it is not registered. */
  get instance(): Instance | undefined {
    return this.#upkeep?.lease?.instance
  }

  /** How the last drain went; undefined before the first. */
  get lastDrain(): DrainReport | undefined {
    return this.#lastDrain
  }

  /** How its checks stand. */
  get health(): readonly HealthReport[] {
    return this.#monitor?.reports ?? []
  }

  /**
   * Changes the Instance in place. Throws `InvalidInstanceError` for a field out of its limits; otherwise it resolves when the registry
   * has the change, however long that takes (`signal` ends the wait, not the change), or when this stops, and at once while it is stopped.
   */
  async update(changes: RegistrantChanges, { signal }: Abortable = {}): Promise<void> {
    const all = { ...this.#changes, ...changes }
    createInstance({ ...this.#init(), ...all, endpoints: ['unix:/of/what/is/covered'] }, { clock: this.clock })
    this.#changes = all
    this.#wanted = undefined
    const version = ++this.#version
    if (!this.#upkeep) return
    this.#upkeep.nudge()
    this.#settle()
    for await (const applied of this.#applied.read({ signal })) if (applied >= version) return
  }

  protected override onRegister(): void {
    const { registry, ttlMs = 15_000, random = systemRandom, checks = [], health } = this.#options
    const { clock } = this
    this.#startedAt = undefined
    this.#wanted = undefined
    this.#applied = new Latest()
    const onChange = () => this.#upkeep?.nudge()
    this.#monitor = new HealthMonitor({ ...health, checks, clock, random, onChange })
    const desired = () => this.#desired()
    desired()
    this.#upkeep = new Upkeep({ registry, ttlMs, clock, random, desired, onEvent: event => this.#onEvent(event) })
    this.#monitor.start()
    this.#upkeep.start()
  }

  protected override async onDrain({ signal }: PhaseContext): Promise<void> {
    const { drainMs = 4000 } = this.#options
    const upkeep = this.#upkeep
    this.#upkeep = undefined
    this.#applied.close()
    const lease = await this.#claimOf(upkeep, signal)
    if (lease) this.#lastDrain = await sayFarewell(lease, { drainMs, clock: this.clock, signal })
    await this.#monitor?.stop()
  }

  /** What should be registered at this moment. */
  #desired(): Instance | undefined {
    if (!this.#covers.every(isUp) || !this.#monitor?.healthy) return undefined
    const covered = this.#covers.flatMap(({ endpoints }) => endpoints)
    if (!this.#wanted || !isDeepStrictEqual(covered, this.#covered)) {
      const { advertise } = this.#options
      const endpoints = covered.map(endpoint => advertisedEndpoint(endpoint, { advertise }))
      this.#wanted = createInstance({ ...this.#init(), ...this.#changes, endpoints })
      this.#covered = covered
    }
    return this.#wanted
  }

  #init(): Omit<InstanceInit, 'endpoints'> {
    const { serviceName, zone = '', version = '', tags = [], weight = 1, metadata = {} } = this.#options
    const startedAt = (this.#startedAt ??= this.clock.wallTime())
    return { serviceName, id: this.id, zone, version, tags, weight, metadata, startedAt }
  }

  #onEvent(event: UpkeepEvent): void {
    reportUpkeep(event, { serviceName: this.serviceName, id: this.id, failing: this.#failing })
    switch (event.type) {
      case 'failed':
      case 'lost':
        this.#failing = true
        return this.degrade(event.error instanceof Error ? event.error.message : String(event.error))
      case 'registered':
      case 'updated':
      case 'renewed':
      case 'withdrawn':
        if (this.#failing) this.recover()
        this.#failing = false
        this.#settle()
    }
  }

  /** Tells those who wait for an update when the registry has everything that is wanted. */
  #settle(): void {
    const wanted = this.#desired()
    if (this.instance && wanted && !changesBetween(this.instance, wanted)) this.#applied.set(this.#version)
  }

  /** Ends the upkeep and takes its claim over, if it has one and says so in time. */
  async #claimOf(upkeep: Upkeep | undefined, signal: AbortSignal): Promise<Lease | undefined> {
    using limit = timeLimit(this.clock, STOP_CALL_MS, { signal })
    try {
      return await upkeep?.stop(limit)
    } catch (error) {
      const { serviceName, id } = this
      const message = `The registry says nothing of instance "${id}" of "${serviceName}": its lease, if any, will lapse`
      publish('discovery', { level: 'warn', event: 'instance.abandoned', message, serviceName, id, error })
      return undefined
    }
  }
}

/** Draining counts: then this is about to be drained itself, and must not be withdrawn in a hurry. */
function isUp({ status }: Covered): boolean {
  return status === 'ready' || status === 'degraded' || status === 'draining'
}
