import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { StoreCatalog } from '../../../src/daemon/dns/store-catalog.ts'
import { createInstance } from '../../../src/discovery/create-instance.ts'
import type { InstanceInit } from '../../../src/discovery/instance.ts'
import { Store } from '../../../src/discovery/store/store.ts'
import { FakeClock } from '../../../src/testing/fake-clock.ts'

const node = { name: 'Mast', address: '127.0.0.1', metadata: {} }

function catalogOf({ onlyPassing = false, settled = true, mayRead = (_name: string): boolean => true } = {}) {
  const clock = new FakeClock()
  const store = new Store({ clock, settled })
  const catalog = new StoreCatalog({ rosters: store.rosters, clock, node, onlyPassing, quietMs: 2_000, mayRead })
  const owner = store.leases.connect({ id: 'session:1', name: 'test' })
  const other = store.leases.connect({ id: 'session:2', name: 'other' })
  const register = (init: Partial<InstanceInit> = {}, holder = owner) =>
    store.leases.register(
      holder,
      createInstance({ serviceName: 'web', id: 'w1', endpoints: ['tcp://10.0.0.1:80'], ...init }),
      15_000,
    )
  const addresses = (name = 'web') => {
    const told = catalog.instances(name)
    return typeof told === 'string' ? told : told.map(({ address }) => address)
  }
  return { clock, store, catalog, owner, other, register, addresses }
}

describe('StoreCatalog', () => {
  it('tells an instance by its first endpoint that has a host and a port', () => {
    const { catalog, register } = catalogOf()
    register({
      endpoints: ['unix:/run/x.sock', 'strange://x', 'tls://[fd00::1]:443', 'tcp://10.0.0.1:80'],
      weight: 3,
      tags: ['a'],
    })
    register({ id: 'w2', endpoints: ['unix:/run/x.sock'] })
    assert.deepEqual(catalog.instances('web'), [{ address: 'fd00::1', port: 443, weight: 3, tags: ['a'], node }])
  })

  it('gives the same list until something changes', () => {
    const { catalog, register } = catalogOf()
    register()
    const before = catalog.instances('web')
    assert.equal(catalog.instances('web'), before)
    register({ id: 'w2', endpoints: ['tcp://10.0.0.2:80'] })
    assert.notEqual(catalog.instances('web'), before)
  })

  it('tells suspect instances only when there is no other, and draining ones never', () => {
    const { store, register, owner, other, addresses } = catalogOf()
    register()
    const kept = register({ id: 'w2', endpoints: ['tcp://10.0.0.2:80'] }, other)
    store.leases.disconnect(owner)
    assert.deepEqual(addresses(), ['10.0.0.2'])
    store.leases.drain(kept).catch(() => {})
    assert.deepEqual(addresses(), ['10.0.0.1'])
  })

  it('tells no instance that may be dead where only living ones are wanted', () => {
    const { store, register, owner, addresses } = catalogOf({ onlyPassing: true })
    register()
    store.leases.disconnect(owner)
    assert.deepEqual(addresses(), [])
  })

  it('cannot say that there are none before the registry is settled', () => {
    const { store, register, addresses } = catalogOf({ settled: false })
    assert.equal(addresses(), 'unsettled')
    register()
    assert.deepEqual(addresses(), ['10.0.0.1'])
    store.rosters.settle()
    assert.deepEqual(addresses('other'), [])
  })

  it('tells nothing of what not everybody may read, by whatever case it is asked for', () => {
    const { catalog, register, addresses } = catalogOf({ mayRead: name => name !== 'WebShop' })
    register({ serviceName: 'WebShop' })
    assert.equal(addresses('webshop'), 'forbidden')
    assert.equal(catalog.holder('10.0.0.1'), undefined)
  })

  it('finds a name that was registered in another case', () => {
    const { register, addresses } = catalogOf()
    register({ serviceName: 'WebShop' })
    assert.deepEqual(addresses('webshop'), ['10.0.0.1'])
  })

  it('lets a drain wait for those who ask', async () => {
    const { clock, register, addresses, store } = catalogOf()
    const claim = register()
    addresses()
    const drained = store.leases.drain(claim)
    await clock.advance(1_999)
    let done = false
    void drained.then(() => (done = true))
    await clock.advance(0)
    assert.equal(done, false)
    await clock.advance(1)
    assert.equal((await drained).acknowledged, true)
  })

  it('knows the machine, and who has an address, a second later than others at most', async () => {
    const { clock, catalog, register } = catalogOf()
    register()
    assert.equal(catalog.node('mast'), node)
    assert.equal(catalog.node('other'), undefined)
    assert.equal(catalog.prepared(), undefined)
    assert.deepEqual(catalog.holder('127.0.0.1'), { kind: 'node', name: 'Mast' })
    assert.deepEqual(catalog.holder('10.0.0.1'), { kind: 'service', name: 'web' })
    register({ id: 'w2', endpoints: ['tcp://[FD00:0::2]:80'] })
    assert.equal(catalog.holder('fd00::2'), undefined)
    await clock.advance(1_000)
    assert.deepEqual(catalog.holder('fd00::2'), { kind: 'service', name: 'web' })
  })
})
