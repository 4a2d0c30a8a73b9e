import assert from 'node:assert/strict'
import type { Instance } from '../../../src/discovery/instance.ts'
import type { InstanceSet } from '../../../src/discovery/instance-set.ts'
import type { Lease } from '../../../src/discovery/lease.ts'
import { MemoryRegistry } from '../../../src/discovery/memory-registry.ts'
import type { Registry } from '../../../src/discovery/registry.ts'
import { Store } from '../../../src/discovery/store/store.ts'
import { FakeClock } from '../../../src/testing/fake-clock.ts'
import { RegistryBench, type RegistryFixture } from '../../../src/testing/registry-bench.ts'
import { interruptionCases } from '../../../src/testing/registry-cases/interruptions.ts'
import type { RegistryCase, RegistryCases } from '../../../src/testing/registry-cases/registry-case.ts'
import { restartCases } from '../../../src/testing/registry-cases/restarts.ts'
import { simulatedFixture } from '../../simulation/simulated-fixture.ts'

/** A Registry that does one thing wrong. */
export type Mutation = (registry: Registry, store: Store) => Registry

/** Asserts that each of `titles` passes with a sound Registry and fails with a mutated one. */
export async function catches(cases: RegistryCases, titles: readonly string[], mutate: Mutation): Promise<void> {
  const open = isSimulated(cases) ? simulatedFixture : memoryFixture
  for (const title of titles) {
    assert.equal(await outcome(cases[title], open()), 'passes', `"${title}" with a sound registry`)
    assert.equal(await outcome(cases[title], mutated(open(), mutate)), 'fails', `"${title}" with the mutant`)
  }
}

/** What is cut off or restarted has to be simulated. */
function isSimulated(cases: RegistryCases): boolean {
  return cases === interruptionCases || cases === restartCases
}

async function outcome(run: RegistryCase | undefined, fixture: RegistryFixture): Promise<'passes' | 'fails' | 'skips'> {
  assert.ok(run, 'there is such a case')
  const bench = new RegistryBench(fixture)
  let skipped = false
  try {
    await run(bench, () => (skipped = true))
    return skipped ? 'skips' : 'passes'
  } catch {
    return 'fails'
  } finally {
    await bench.close()
  }
}

function mutated(fixture: RegistryFixture & { store: Store }, mutate: Mutation): RegistryFixture {
  const { registry, peer, store } = fixture
  return { ...fixture, registry: mutate(registry, store), peer: async () => mutate(await peer(), store) }
}

function memoryFixture(): RegistryFixture & { store: Store } {
  const clock = new FakeClock()
  const store = new Store({ clock })
  return {
    store,
    registry: new MemoryRegistry({ store }),
    peer: async () => new MemoryRegistry({ store }),
    clock,
    advance: ms => clock.advance(ms),
    close: async () => store.close(),
  }
}

/** Changes what is yielded: `change` gets each set with the one yielded before, and returns what is yielded instead. */
export function yielding(change: (set: InstanceSet, before: InstanceSet | undefined) => InstanceSet[]): Mutation {
  return registry => ({
    ...delegating(registry),
    async *watch(serviceName, options) {
      let before: InstanceSet | undefined
      for await (const set of registry.watch(serviceName, options)) {
        for (const yielded of change(set, before)) yield (before = yielded)
      }
    },
  })
}

/** Changes what a lease does. */
export function leasing(change: (lease: Lease) => Partial<Lease>): Mutation {
  return registry => ({
    ...delegating(registry),
    async register(instance, options) {
      const lease = await registry.register(instance, options)
      return { ...bound(lease), ...change(lease) }
    },
  })
}

/** Changes what is registered. */
export function registering(change: (instance: Instance) => Instance): Mutation {
  return registry => ({
    ...delegating(registry),
    register: (instance, options) => registry.register(change(instance), options),
  })
}

/** The same Registry as an object that can be spread. */
export function delegating(registry: Registry): Registry {
  return {
    register: (instance, options) => registry.register(instance, options),
    watch: (serviceName, options) => registry.watch(serviceName, options),
    services: options => registry.services(options),
    close: () => registry.close(),
  }
}

function bound(lease: Lease): Lease {
  return {
    get instance() {
      return lease.instance
    },
    ttlMs: lease.ttlMs,
    lost: lease.lost,
    renew: options => lease.renew(options),
    update: (changes, options) => lease.update(changes, options),
    drain: options => lease.drain(options),
    revoke: options => lease.revoke(options),
  }
}
