import assert from 'node:assert/strict'
import type { ServiceStatus } from '../../src/application/service.ts'
import { observe } from '../../src/core/event.ts'
import { seededRandom, type Random } from '../../src/core/random.ts'
import type { DrainReport } from '../../src/discovery/lease.ts'
import { Registrant } from '../../src/discovery/registrant.ts'
import { Resolver } from '../../src/discovery/resolver.ts'
import { FakeClock } from '../../src/testing/fake-clock.ts'
import { SimulatedRegistry } from './simulated-registry.ts'
import { GRACE_MS, SimulatedServer } from './simulated-server.ts'

/** Within so long a live instance has to be seen, and a dead one to be gone, by whoever is connected. */
const BOUND_MS = 15_000

/** How often views are looked at. */
const TICK_MS = 100

/** Within so long what happens at the server is seen by whoever is connected. */
const PUSH_MS = 100

/** A process that offers "users" and calls it. */
export interface SimulatedProcess {
  readonly name: string
  readonly registry: SimulatedRegistry
  readonly registrant: Registrant
  readonly resolver: Resolver
  readonly site: { endpoints: string[]; status: ServiceStatus }
  upSince: number
  killedAt: number | undefined
  stopping: boolean
  /** Those it has in its view for good: they live, and their own connections did not break since. */
  readonly sure: Set<SimulatedProcess>
}

/** Several processes and a registry, in fake time, with all chance from one seed. */
export class SimulatedSystem {
  readonly clock = new FakeClock()
  readonly random: Random
  readonly server = new SimulatedServer(this.clock)
  readonly processes = new Set<SimulatedProcess>()
  readonly dead = new Set<SimulatedProcess>()
  /** What happened, for the message of a failure. */
  readonly log: string[] = []
  drains = 0
  /** What was wrong with drains, to be thrown where a test sees it. */
  readonly #broken: string[] = []
  #started = 0
  readonly #seed: number
  readonly #unobserve: () => void

  constructor(seed: number) {
    this.#seed = seed
    this.random = seededRandom(seed)
    this.#unobserve = observe('discovery', ({ event, id, report }) => {
      if (event === 'instance.drained') this.#checkDrain(String(id), report as DrainReport)
    })
  }

  note(what: string): void {
    this.log.push(`${Math.round(this.clock.now())} ${what}`)
  }

  async startProcess(): Promise<void> {
    const name = `${this.#seed}-${++this.#started}`
    this.note(`start ${name}`)
    const { clock, random } = this
    const registry = new SimulatedRegistry(this.server, { id: name, clock, random, latencyMs: 5 })
    const site: SimulatedProcess['site'] = { endpoints: [`tcp://p${name}:80`], status: 'ready' }
    const registrant = new Registrant({ registry, serviceName: 'users', id: name, covers: site, clock, random })
    const resolver = new Resolver({ registry, serviceName: 'users', clock, random })
    await resolver.start()
    await registrant.start()
    const process = {
      name,
      registry,
      registrant,
      resolver,
      site,
      upSince: clock.now(),
      killedAt: undefined,
      stopping: false,
      sure: new Set<SimulatedProcess>(),
    }
    this.processes.add(process)
  }

  /** SIGTERM: resolves when it is gone. */
  async stopProcess(process: SimulatedProcess): Promise<void> {
    this.note(`stop ${process.name}`)
    process.stopping = true
    await process.registrant.stop()
    this.processes.delete(process)
    await process.resolver.stop()
    await process.registry.close()
    this.note(`stopped ${process.name}`)
  }

  /** Breaks the connection of one process until its registry is healed. */
  cut(process: SimulatedProcess): void {
    this.note(`cut ${process.name}`)
    process.registry.cut()
    for (const { sure } of this.processes) sure.delete(process)
  }

  /** SIGKILL: nothing of it says another word to the registry. */
  killProcess(process: SimulatedProcess): void {
    this.note(`kill ${process.name}`)
    this.processes.delete(process)
    this.dead.add(process)
    process.killedAt = this.clock.now()
    process.registry.kill()
    process.resolver.stop().catch(() => {})
    process.registrant.stop().catch(() => {})
  }

  /** Lets time pass, and looks at the invariants all along. */
  async pass(ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += TICK_MS) {
      await this.clock.advance(TICK_MS)
      for (const process of this.processes) this.#checkView(process)
      assert.deepEqual(this.#broken, [])
    }
  }

  /** Asserts that every view is exactly the processes that live. */
  checkConverged(): void {
    const living = [...this.processes].map(({ name }) => name).toSorted()
    for (const { name, resolver } of this.processes) {
      const { stale, settled, instances } = resolver.set
      const view = instances.map(({ id, status }) => (status === 'ready' ? id : `${id}:${status}`))
      assert.deepEqual({ view, stale, settled }, { view: living, stale: false, settled: true }, this.#failure(name))
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#unobserve()
    this.#broken.length = 0
    const stops = [...this.processes].map(process => this.stopProcess(process))
    await this.clock.advance(10_000)
    await Promise.all(stops)
    this.server.stop()
  }

  #checkView(consumer: SimulatedProcess): void {
    const now = this.clock.now()
    const connectedMs = this.#connectedMs(consumer)
    const statuses = new Map(consumer.resolver.instances.map(({ id, status }) => [id, status]))
    for (const { name, killedAt = 0 } of this.dead) {
      const seenMs = Math.min(now - killedAt, connectedMs)
      if (seenMs > BOUND_MS + GRACE_MS)
        assert.ok(!statuses.has(name), this.#failure(consumer.name, `still has ${name}, killed at ${killedAt}`))
      const pushed = connectedMs > now - killedAt && now - killedAt > PUSH_MS
      if (pushed) assert.notEqual(statuses.get(name), 'ready', this.#failure(consumer.name, `takes ${name} for ready`))
    }
    const lasting = [...this.processes].filter(process => !process.stopping && this.#lastingMs(process) > BOUND_MS)
    if (connectedMs > BOUND_MS) {
      for (const { name } of lasting)
        assert.equal(statuses.get(name), 'ready', this.#failure(consumer.name, `lacks ${name}`))
    }
    if (connectedMs > BOUND_MS) for (const process of lasting) consumer.sure.add(process)
    for (const process of consumer.sure) {
      const { name, stopping, killedAt: isDead } = process
      const usable = statuses.has(name) && statuses.get(name) !== 'draining'
      if (stopping || isDead !== undefined) consumer.sure.delete(process)
      else assert.ok(usable, this.#failure(consumer.name, `has lost ${name}`))
    }
  }

  /** Since how long a process has been up, linked, and the server up. */
  #lastingMs(process: SimulatedProcess): number {
    return Math.min(this.clock.now() - process.upSince, this.#connectedMs(process))
  }

  #connectedMs({ registry, resolver }: SimulatedProcess): number {
    if (registry.linkedSince === undefined || resolver.set.stale) return 0
    return this.clock.now() - registry.linkedSince
  }

  /** Once a drain is acknowledged, nobody who was connected all the while takes the instance for usable. */
  #checkDrain(id: string, { acknowledged, tookMs }: DrainReport): void {
    if (!acknowledged || !id.startsWith(`${this.#seed}-`)) return
    this.drains++
    for (const consumer of this.processes) {
      if (this.#connectedMs(consumer) <= tookMs + PUSH_MS) continue
      const found = consumer.resolver.instances.find(instance => instance.id === id)
      if (found && found.status !== 'draining')
        this.#broken.push(this.#failure(consumer.name, `would still use ${id}, drained`))
    }
  }

  #failure(name: string, what = 'differs'): string {
    return `at ${this.clock.now()} ${name} ${what}\n${this.log.slice(-15).join('\n')}`
  }
}
