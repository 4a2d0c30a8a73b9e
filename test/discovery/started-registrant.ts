import type { TestContext } from 'node:test'
import type { ServiceStatus } from '../../src/application/service.ts'
import { observe, type RopewalkEvent } from '../../src/core/event.ts'
import { seededRandom } from '../../src/core/random.ts'
import type { InstanceSet } from '../../src/discovery/instance-set.ts'
import { MemoryRegistry } from '../../src/discovery/memory-registry.ts'
import { Registrant, type RegistrantOptions } from '../../src/discovery/registrant.ts'
import { Store } from '../../src/discovery/store/store.ts'
import { FakeClock } from '../../src/testing/fake-clock.ts'
import { FaultyRegistry } from './faulty-registry.ts'

/** A Registrant of "users" that has started, with all that can be done to it. */
export async function startRegistrant(t: TestContext, options: Partial<RegistrantOptions> = {}) {
  const clock = new FakeClock()
  const store = new Store({ clock })
  const registry = new FaultyRegistry(new MemoryRegistry({ store }))
  const covers: { endpoints: string[]; status: ServiceStatus } = { endpoints: ['tcp://127.0.0.1:80'], status: 'ready' }
  const heard: RopewalkEvent[] = []
  t.after(observe('discovery', event => heard.push(event)))
  const registrant = new Registrant({
    registry,
    serviceName: 'users',
    covers,
    clock,
    random: seededRandom(1),
    ...options,
  })
  t.after(() => registrant.stop())
  const listed = () => store.rosters.set('users').instances
  const events = () => heard.filter(({ event }) => event !== 'instance.renewed').map(({ event }) => event)
  await registrant.start()
  await clock.settle()
  return { clock, store, registry, covers, registrant, listed, heard, events }
}

/** Deletes an instance behind its holder's back. */
export function remove(store: Store, id: string): void {
  const claim = store.rosters.find('users', id)
  if (claim) store.leases.evict(claim, 'removed')
}

/** Reads on and on, as a consumer does, until the test ends. */
export function consume(t: TestContext, registry: FaultyRegistry): InstanceSet[] {
  const seen: InstanceSet[] = []
  const controller = new AbortController()
  t.after(() => controller.abort())
  void (async () => {
    for await (const set of registry.watch('users', controller)) seen.push(set)
  })().catch(() => {})
  return seen
}
