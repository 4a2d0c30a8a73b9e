import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { seededRandom } from '../../../src/core/random.ts'
import { BackendHealth } from '../../../src/daemon/front/backend-health.ts'
import { Holdings } from '../../../src/daemon/front/holdings.ts'
import { createInstance } from '../../../src/discovery/create-instance.ts'
import { LeaseLostError } from '../../../src/discovery/errors.ts'
import type { Instance } from '../../../src/discovery/instance.ts'
import { MemoryRegistry } from '../../../src/discovery/memory-registry.ts'
import { Store } from '../../../src/discovery/store/store.ts'
import { FakeClock } from '../../../src/testing/fake-clock.ts'

const IDS = ['a', 'b', 'c']

const instanceOf = (id: string) =>
  createInstance({ serviceName: 'users', id, endpoints: ['tcp://127.0.0.1:1'], startedAt: 0 })

const done = async () => {}
const drain = () => assert.fail('nothing drains')

/** Holdings of what one session has registered, of which each can be lost. */
async function setting() {
  const clock = new FakeClock()
  const registry = new MemoryRegistry({ clock })
  const lost = new Map<string, AbortController>()
  const register = async (instance: Instance) => {
    const lease = await registry.register(instance)
    const controller = new AbortController()
    lost.set(instance.id, controller)
    return { instance, ttlMs: lease.ttlMs, lost: controller.signal, renew: done, update: done, revoke: done, drain }
  }
  const backend = { registry: Object.assign(Object.create(registry) as MemoryRegistry, { register }), url: 'engine:' }
  const health = new BackendHealth('engine:', () => {})
  const holdings = new Holdings({ backend, health, clock, random: seededRandom(1), shown: () => undefined })
  const { leases } = new Store({ clock })
  holdings.attach(leases)
  const owner = leases.connect({ id: 'session:1', name: 'somebody' })
  const claims = IDS.map(id => leases.register(owner, instanceOf(id), 15_000))
  for (const claim of claims) holdings.written(claim)
  await new Promise<void>(resolve => holdings.whenKept(() => resolve(), claims))
  const lose = (id: string) => lost.get(id)?.abort(new LeaseLostError('users', id))
  return { clock, holdings, lose }
}

/** Whether a promise has settled. */
function followed(promise: Promise<unknown>): () => boolean {
  let isOver = false
  void promise.finally(() => (isOver = true))
  return () => isOver
}

describe('Holdings', () => {
  it('hand over for as long as in each grace one more goes over', async () => {
    const { clock, holdings, lose } = await setting()
    const isOver = followed(holdings.handOver({ graceMs: 1_000, signal: new AbortController().signal }))
    for (const id of ['a', 'b']) {
      await clock.advance(900)
      lose(id)
      await clock.advance(100)
      assert.equal(isOver(), false)
    }
    await clock.advance(1_000)
    assert.equal(isOver(), true)
  })

  it('hand over until all have gone over, or the signal aborts', async () => {
    const one = await setting()
    const isOver = followed(one.holdings.handOver({ graceMs: 1_000, signal: new AbortController().signal }))
    for (const id of IDS) one.lose(id)
    await one.clock.advance(0)
    assert.equal(isOver(), true)
    const other = await setting()
    const limit = new AbortController()
    const isStopped = followed(other.holdings.handOver({ graceMs: 1_000, signal: limit.signal }))
    await other.clock.advance(500)
    limit.abort()
    await other.clock.advance(0)
    assert.equal(isStopped(), true)
  })
})
