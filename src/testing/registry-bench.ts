import assert from 'node:assert/strict'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { sleep } from '../core/abort.ts'
import { systemClock, type Clock } from '../core/clock.ts'
import { createInstance } from '../discovery/create-instance.ts'
import type { Instance, InstanceInit } from '../discovery/instance.ts'
import type { Registry } from '../discovery/registry.ts'
import { lastingRegistry } from './lasting-registry.ts'
import { recordingRegistry } from './recording-registry.ts'
import { WatchFollower } from './watch-follower.ts'
import { WatchOracle } from './watch-oracle.ts'

/** A Registry to try, opened for one case, and what can be done to it. */
export interface RegistryFixture {
  registry: Registry
  /** Opens the same data as another process would; closed by the suite. */
  peer: () => Promise<Registry>
  /** Turns the clock of everything under trial. Default: the suite waits in real time. */
  advance?: (ms: number) => Promise<void>
  /** The clock that `advance` turns. Without it, cases that measure time, or need a clock themselves, are left out where there is `advance`. */
  clock?: Clock
  /** The shortest TTL, in milliseconds, that is kept to, also on a slow machine. Default 2,000. */
  ttlMs?: number
  /** Cuts `registry` (no peer) off from its data until the returned function is called. Default: such cases are left out. */
  disconnect?: () => Promise<() => Promise<void>>
  /** Stops what keeps the data, hard, and starts it again with its data, or `empty`. Default: such cases are left out. */
  restart?: (options: { empty: boolean }) => Promise<void>
  /** Lets go of everything; the suite has closed `registry` and the peers. */
  close: () => Promise<void>
}

/** How much the suite asks of what cannot keep up with it. */
export interface RegistryPace {
  /** How many instances one service is given. Default 10,000. */
  instances?: number
  /** How many services there are to be. Default 1,000. */
  services?: number
  /** How long a condition may take to become true, in milliseconds. Default 30,000: less than the TTL of a lease that is not to lapse meanwhile. */
  patienceMs?: number
  /** Why not as much as by default: shown with the results. */
  reason: string
}

const PATIENCE_MS = 30_000

let benches = 0

/** What one case works with. */
export class RegistryBench {
  readonly fixture: RegistryFixture
  readonly pace: Required<Omit<RegistryPace, 'reason'>>
  readonly oracle = new WatchOracle()
  /** The Registry under trial. Its leases last where a case gives them no TTL. */
  readonly registry: Registry
  /** A service name of this case's own. */
  readonly serviceName: string
  readonly #peers: Registry[] = []
  readonly #followers: WatchFollower[] = []

  constructor(fixture: RegistryFixture, pace?: RegistryPace) {
    this.fixture = fixture
    this.registry = lastingRegistry(fixture.registry)
    this.pace = { instances: 10_000, services: 1_000, patienceMs: PATIENCE_MS, ...pace }
    this.serviceName = `suite-${process.pid}-${systemClock.wallTime().toString(36)}-${++benches}`
  }

  /** The Registry, telling the oracle everything. */
  get recorded(): Registry {
    return recordingRegistry(this.registry, this.oracle)
  }

  /** What time comes from, where the fixture has told. */
  get clock(): Clock | undefined {
    return this.fixture.clock ?? (this.fixture.advance ? undefined : systemClock)
  }

  get ttlMs(): number {
    return this.fixture.ttlMs ?? 2000
  }

  /** Another process's view of the same data. */
  async peer(): Promise<Registry> {
    const peer = lastingRegistry(await this.fixture.peer())
    this.#peers.push(peer)
    return peer
  }

  instance(id: string, init: Partial<InstanceInit> = {}): Instance {
    return createInstance({
      serviceName: this.serviceName,
      id,
      endpoints: ['tcp://127.0.0.1:80'],
      startedAt: 0,
      ...init,
    })
  }

  /** Watches as a consumer does: reads on at once. Resolves when it has its first set. */
  async follow(registry: Registry = this.registry, serviceName: string = this.serviceName): Promise<WatchFollower> {
    const follower = this.open(registry, serviceName)
    await this.until(() => follower.sets.length > 0 || follower.error !== undefined, 'the watch yields a first set')
    return follower
  }

  /** The same, without waiting. */
  open(registry: Registry = this.registry, serviceName: string = this.serviceName): WatchFollower {
    const follower = new WatchFollower(registry, serviceName)
    this.#followers.push(follower)
    return follower
  }

  async advance(ms: number): Promise<void> {
    if (this.fixture.advance) await this.fixture.advance(ms)
    else await sleep(systemClock, ms)
  }

  /** Lets everything under way come to rest that needs no time. */
  async settle(): Promise<void> {
    if (this.fixture.advance) await this.fixture.advance(0)
    else await sleep(systemClock, 50)
  }

  /** Waits until `condition` is true, which `what` says in words. */
  async until(condition: () => boolean, what: string): Promise<void> {
    const stepMs = 5
    for (let waitedMs = 0; !condition(); waitedMs += stepMs) {
      if (waitedMs > this.pace.patienceMs) assert.fail(`Waited ${this.pace.patienceMs} ms in vain until ${what}`)
      await nextTurn()
      if (!condition()) await this.advance(stepMs)
    }
  }

  /** Waits for a result that may need time to pass. */
  async result<T>(promise: Promise<T>, what: string): Promise<T> {
    let settled = false
    const settle = () => void (settled = true)
    promise.then(settle, settle)
    await this.until(() => settled, what)
    return promise
  }

  /** Waits until every watch has all there is to know, and has the oracle judge them. */
  async verify(): Promise<void> {
    await this.until(() => this.oracle.isQuiet, 'every watch has the last change').catch(() => {})
    this.oracle.verify()
  }

  async close(): Promise<void> {
    for (const follower of this.#followers) follower.stop()
    await Promise.all([this.registry, ...this.#peers].map(registry => registry.close()))
    await this.fixture.close()
  }
}
