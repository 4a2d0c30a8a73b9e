import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Destinations } from '../../src/client/destinations.ts'
import { InFlight } from '../../src/client/in-flight.ts'
import { MemoryRegistry } from '../../src/discovery/memory-registry.ts'
import { Resolver } from '../../src/discovery/resolver.ts'
import { FakeClock } from '../../src/testing/index.ts'
import { settingsOf } from './settings.ts'

/** Resolvers that are not started, and can be replaced as an idle one is. */
class FakeResolvers {
  readonly #resolvers = new Map<string, Resolver>()
  readonly #registry = new MemoryRegistry({ clock: new FakeClock() })

  get(serviceName: string): Resolver {
    const resolver = this.#resolvers.get(serviceName) ?? new Resolver({ registry: this.#registry, serviceName })
    this.#resolvers.set(serviceName, resolver)
    return resolver
  }

  forget(serviceName: string): void {
    this.#resolvers.delete(serviceName)
  }
}

function destinationsOf(resolvers: FakeResolvers): Destinations {
  const settings = settingsOf()
  return new Destinations({ resolvers, settings, inFlight: new InFlight({ clock: settings.clock, tickMs: 100 }) })
}

describe('Destinations', () => {
  it('keep one for each service, and one more where only TLS will do', () => {
    const destinations = destinationsOf(new FakeResolvers())
    const users = destinations.get('users', false)
    assert.equal(destinations.get('users', false), users)
    assert.notEqual(destinations.get('users', true), users)
    assert.equal(destinations.get('users', true).source, users.source)
    assert.notEqual(destinations.get('orders', false), users)
  })

  it('begin anew with a service whose Resolver was closed meanwhile', () => {
    const resolvers = new FakeResolvers()
    const destinations = destinationsOf(resolvers)
    const before = destinations.get('users', false)
    resolvers.forget('users')
    const after = destinations.get('users', false)
    assert.notEqual(after, before)
    assert.notEqual(after.source, before.source)
  })

  it('forget the service that was first called when there are too many', () => {
    const destinations = destinationsOf(new FakeResolvers())
    const first = destinations.get('service-0', false)
    for (let number = 1; number <= 1_000; number++) destinations.get(`service-${number}`, false)
    assert.notEqual(destinations.get('service-0', false), first)
  })

  it('forget all when they are closed', () => {
    const destinations = destinationsOf(new FakeResolvers())
    const users = destinations.get('users', false)
    destinations.close()
    assert.notEqual(destinations.get('users', false), users)
  })
})
