import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { seededRandom, type Random } from '../../src/core/random.ts'
import { RegistryUnavailableError } from '../../src/discovery/errors.ts'
import type { Lease } from '../../src/discovery/lease.ts'
import type { Registry } from '../../src/discovery/registry.ts'
import { WatchFollower } from '../../src/testing/watch-follower.ts'
import { engineFixture } from '../discovery/engine/engine-fixture.ts'
import type { FakeEngine, FakeLink } from '../discovery/engine/fake-engine.ts'
import { users } from '../discovery/store/instances.ts'
import type { FakeClock } from '../../src/testing/fake-clock.ts'

const SEEDS = Array.from({ length: 12 }, (_, seed) => seed + 1)
const STEPS = 120
const PROCESSES = 3
const IDS = ['a', 'b', 'c', 'd']
const TTL_MS = 6_000
const STEP_MS = 600

/** Answers within 200 ms, or in one of ten cases not at all, whether or not it took effect, or as a connection that breaks. */
function faultyLink(random: Random, faults: { on: boolean }): (clock: FakeClock) => FakeLink {
  return clock => async (effect, signal) => {
    const wait = () => new Promise<void>(resolve => clock.schedule(random.next() * 100, resolve))
    await wait()
    signal.throwIfAborted()
    const chance = faults.on ? random.next() : 1
    if (chance < 0.04) throw new RegistryUnavailableError('fake://engine')
    const result = effect()
    if (chance < 0.08) throw new RegistryUnavailableError('fake://engine')
    if (chance < 0.1) await new Promise(() => {})
    await wait()
    return result
  }
}

interface Held {
  readonly lease: Lease
  readonly process: number
  revoked: boolean
}

/** Some processes that register, change, renew, drain and revoke a few instances by chance, over an engine that fails them. */
class Simulation {
  readonly random: Random
  readonly faults = { on: true }
  readonly fixture
  readonly processes: { registry: Registry; engine: FakeEngine }[]
  readonly followers: WatchFollower[]
  readonly held: Held[] = []
  /** Whether somebody deletes instances, or the data is lost. */
  readonly hostile: boolean
  /** When an instance had one holder, or none, last. */
  readonly #errors: unknown[] = []
  readonly #aloneAt = new Map<string, number>()

  constructor(seed: number, hostile: boolean) {
    this.random = seededRandom(seed)
    this.hostile = hostile
    this.fixture = engineFixture({
      link: faultyLink(this.random, this.faults),
      random: seededRandom(seed + 1_000),
      requestMs: 2_000,
      settleMs: 3_000,
      resyncMs: 20_000,
    })
    const others = Array.from({ length: PROCESSES - 1 }, (_, at) => this.fixture.open(`process ${at + 2}`))
    this.processes = [this.fixture, ...others]
    this.followers = this.processes.flatMap(({ registry }) =>
      [registry, registry].map(each => new WatchFollower(each, 'users')),
    )
  }

  chance(count: number): number {
    return Math.floor(this.random.next() * count)
  }

  async step(): Promise<void> {
    this.#act()
    if (this.random.next() < 0.1) this.#hurt()
    await this.fixture.advance((STEP_MS / 6) * (1 + this.chance(6)))
    if (!this.hostile) this.requireOneHolder()
    if (this.#errors.length > 0) throw this.#errors[0]
  }

  /** No faults any more, and every lease renewed, until all has come to rest. */
  async calmDown(): Promise<void> {
    this.faults.on = false
    for (const { engine } of this.processes) engine.connect()
    for (let time = 0; time < 10; time++) {
      for (const { lease, revoked } of this.held) if (!revoked) lease.renew().catch(() => {})
      await this.fixture.advance(TTL_MS / 3)
    }
    for (const { lease, revoked } of this.held) if (!revoked) lease.renew().catch(() => {})
    await this.fixture.advance(2_000)
  }

  /** A holder is told of its loss once the engine has dropped the claim, which takes a second at most. */
  requireOneHolder(): void {
    const now = this.fixture.clock.now()
    for (const id of IDS) {
      const mine = this.held.filter(one => isHeld(one) && one.lease.instance.id === id)
      if (new Set(mine.map(({ process }) => process)).size <= 1) this.#aloneAt.set(id, now)
      const togetherMs = now - (this.#aloneAt.get(id) ?? now)
      assert.ok(togetherMs <= 1_000 + 2 * STEP_MS, `two processes have held "${id}" for ${togetherMs} ms`)
    }
  }

  requireTruth(): void {
    const { server } = this.fixture
    const { instances, revision } = server.set('users')
    for (const follower of this.followers) {
      assert.equal(follower.error, undefined)
      assert.deepEqual([follower.set?.stale, follower.set?.settled], [false, true])
      assert.deepEqual(follower.set?.instances, instances, `at revision ${revision}`)
      const revisions = follower.sets.map(set => set.revision)
      assert.deepEqual(
        revisions,
        revisions.toSorted((one, other) => one - other),
      )
    }
    const held = new Map(this.held.filter(isHeld).map(({ lease }) => [lease.instance.id, lease.instance]))
    assert.deepEqual(
      [...held.keys()].toSorted(),
      instances.map(({ id }) => id),
    )
  }

  #act(): void {
    const process = this.chance(PROCESSES)
    const mine = this.held.filter(one => one.process === process && isHeld(one))
    const one = mine[this.chance(mine.length)]
    const kind = this.random.next()
    if (!one || kind < 0.25) return this.#register(process)
    if (kind < 0.6) for (const { lease } of mine) lease.renew().catch(() => {})
    else if (kind < 0.8) one.lease.update({ weight: this.chance(1_000) }).catch(() => {})
    else if (kind < 0.9) this.#drain(one).catch(error => this.#errors.push(error))
    else this.#revoke(one)
  }

  #register(process: number): void {
    const controller = new AbortController()
    const instance = users(IDS[this.chance(IDS.length)]!, { weight: this.chance(1_000) })
    const options = { ttlMs: TTL_MS, signal: controller.signal }
    this.processes[process]!.registry.register(instance, options).then(
      lease =>
        void (this.held.some(other => other.lease === lease) || this.held.push({ lease, process, revoked: false })),
      () => {},
    )
    if (this.random.next() < 0.2) this.fixture.clock.schedule(this.random.next() * 300, () => controller.abort())
  }

  #revoke(one: Held): void {
    one.revoked = true
    one.lease.revoke().catch(() => {})
  }

  async #drain(one: Held): Promise<void> {
    const { lease } = one
    const report = await lease.drain({ drainMs: 3_000 }).catch(() => undefined)
    if (!report?.acknowledged || this.hostile || !isHeld(one) || lease.instance.status !== 'draining') return
    for (const { set } of this.followers) {
      const seen = set?.instances.find(({ id }) => id === lease.instance.id)
      const isSame = seen?.weight === lease.instance.weight
      assert.ok(!isSame || seen.status === 'draining', `"${lease.instance.id}" was drained, but one takes it for ready`)
    }
  }

  #hurt(): void {
    const { engine } = this.processes[this.chance(PROCESSES)]!
    const kind = this.chance(this.hostile ? 5 : 2)
    if (kind === 0) return engine.cut()
    if (kind === 1) {
      engine.cut({ down: true })
      this.fixture.clock.schedule(this.random.next() * 8_000, () => engine.connect())
    } else if (kind === 2) this.fixture.server.remove(users(IDS[this.chance(IDS.length)]!))
    else if (kind === 3) engine.expire({ records: this.random.next() < 0.5 })
    else {
      this.fixture.server.wipe()
      for (const each of this.processes) each.engine.cut()
    }
  }
}

function isHeld({ lease, revoked }: Held): boolean {
  return !revoked && !lease.lost.aborted
}

describe('An EngineRegistry, over an engine that fails at every moment', () => {
  for (const hostile of [false, true]) {
    const title = hostile
      ? 'ends with the truth though others delete instances, sessions expire and data is lost'
      : 'has one holder of an id at a time, drains what it says is drained, and ends with the truth'
    it(title, async () => {
      for (const seed of SEEDS) {
        const simulation = new Simulation(seed, hostile)
        try {
          for (let step = 0; step < STEPS; step++) await simulation.step()
          await simulation.calmDown()
          simulation.requireTruth()
        } catch (error) {
          throw new Error(`With seed ${seed}`, { cause: error })
        }
        for (const { registry } of simulation.processes) {
          const closing = registry.close()
          await simulation.fixture.advance(2_500)
          await closing
        }
        assert.equal(simulation.fixture.server.set('users').instances.length, 0)
        assert.equal(simulation.fixture.clock.pending, 0, `seed ${seed} leaves timers behind`)
      }
    })
  }
})
