import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { Client } from '../../../src/client/client.ts'
import { createInstance } from '../../../src/discovery/create-instance.ts'
import { RegistryUnavailableError } from '../../../src/discovery/errors.ts'
import type { Registry } from '../../../src/discovery/registry.ts'
import { Resolver } from '../../../src/discovery/resolver.ts'
import { TcpRelay } from '../../../src/testing/tcp-relay.ts'
import { WatchFollower } from '../../../src/testing/watch-follower.ts'
import { PATIENCE_MS } from '../../patience.ts'
import { until } from '../../adapters/daemon/until.ts'
import { Callers } from './callers.ts'
import type { EngineTrial, TrialServer } from './engine-trial.ts'
import { JumpingClock } from './jumping-clock.ts'
import { SiteProcess } from './site-process.ts'

const IDS = ['a', 'b']

/** What a bad day is made on: an engine behind a network, two registered processes, and a process (this one) that calls them all the time. */
export class BadDay implements AsyncDisposable {
  readonly clock = new JumpingClock()
  readonly trial: EngineTrial
  readonly server: TrialServer
  readonly relay: TcpRelay
  readonly sites: readonly SiteProcess[]
  /** The registry as the callers have it. */
  readonly registry: Registry
  /** What the callers know. */
  readonly resolver: Resolver
  readonly #callers: Callers
  readonly #stack: AsyncDisposableStack

  private constructor(parts: Pick<BadDay, 'trial' | 'server' | 'relay' | 'sites'>, stack: AsyncDisposableStack) {
    const { trial, server, relay, sites } = parts
    this.trial = trial
    this.server = server
    this.relay = relay
    this.sites = sites
    this.registry = trial.open(relay.port, { clock: this.clock })
    const { registry } = this
    this.resolver = new Resolver({ registry, serviceName: 'users' })
    const client = new Client({ registry })
    this.#callers = new Callers(client)
    this.#stack = stack
    stack.defer(() => registry.close())
    stack.defer(() => client.stop())
    stack.defer(() => this.resolver.stop())
    stack.defer(() => this.#callers.stop())
  }

  /** Resolves when all is well. */
  static async start(trial: EngineTrial): Promise<BadDay> {
    await using stack = new AsyncDisposableStack()
    const server = stack.adopt(await trial.start(), started => started.stop())
    const relay = stack.use(await TcpRelay.listen({ port: server.port }))
    const { ttlMs } = trial
    const starts = IDS.map(id => SiteProcess.start({ url: trial.url(relay.port), id, ttlMs }))
    const sites = await Promise.all(starts)
    for (const site of sites) stack.use(site)
    const day = new BadDay({ trial, server, relay, sites }, stack.move())
    await day.resolver.start()
    await day.untilWell()
    return day
  }

  /** The ids that callers know, `id:status` where that is not ready. */
  get ids(): string {
    return this.resolver.instances.map(({ id, status }) => (status === 'ready' ? id : `${id}:${status}`)).join()
  }

  /** Resolves when callers know everybody, from a registry that can be reached. */
  async untilWell(ids: readonly string[] = IDS): Promise<void> {
    const isWell = () => !this.resolver.set.stale && this.ids === ids.join()
    await until(isWell, () => `${ids.join()} are known (now: ${this.ids})`, PATIENCE_MS)
  }

  /** Resolves when callers know that they do not know. */
  async untilStale(): Promise<void> {
    await until(() => this.resolver.set.stale, 'the set is stale', PATIENCE_MS)
  }

  /** Takes the fault back, and waits until all is well again. Prints how long that took; fails if it cost a call. */
  async recover(context: TestContext, undo: () => Promise<void> | void): Promise<void> {
    await undo()
    const undoneAt = performance.now()
    await this.untilWell()
    const before = this.#callers.succeeded
    await until(() => this.#callers.succeeded > before + 10, 'calls go on', PATIENCE_MS)
    const tookMs = performance.now() - undoneAt
    context.diagnostic(`well again ${tookMs.toFixed(0)} ms after; ${this.#callers.succeeded} calls, 0 failed`)
    this.assertNoneFailed()
  }

  /** Registers, changes and deregisters something through the network as it is, and waits until callers have seen each of that. */
  async work(context: TestContext): Promise<void> {
    const beganAt = performance.now()
    const follower = new WatchFollower(this.registry, 'work')
    const weight = () => follower.set?.instances[0]?.weight
    try {
      const instance = createInstance({ serviceName: 'work', id: 'w', endpoints: ['tcp://127.0.0.1:9'] })
      const lease = await insist(() => this.registry.register(instance, { ttlMs: 10 * this.trial.ttlMs }))
      await insist(() => lease.update({ weight: 2 }))
      await until(() => weight() === 2, 'the change is seen', PATIENCE_MS)
      await insist(() => lease.revoke())
      await until(() => follower.set?.instances.length === 0, 'the end is seen', PATIENCE_MS)
      const tookMs = performance.now() - beganAt
      context.diagnostic(`registered, changed, seen and deregistered in ${tookMs.toFixed(0)} ms`)
    } finally {
      follower.stop()
    }
  }

  /** Fails if a call has failed so far. */
  assertNoneFailed(): void {
    assert.deepEqual(this.#callers.failures, [])
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack[Symbol.asyncDispose]()
  }
}

/** Does it again until the registry can be reached, as a Registrant does. */
async function insist<T>(act: () => Promise<T>): Promise<T> {
  const deadline = performance.now() + PATIENCE_MS
  for (;;) {
    try {
      return await act()
    } catch (error) {
      if (!(error instanceof RegistryUnavailableError) || performance.now() > deadline) throw error
    }
  }
}
