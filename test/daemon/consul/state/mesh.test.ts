import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { meshOf, standsFor, withBareTargets } from '../../../../src/daemon/consul/state/mesh.ts'

describe('meshOf', () => {
  it('keeps nothing of a service that says nothing', () => {
    assert.deepEqual(meshOf({ Kind: '', Proxy: { MeshGateway: {}, Upstreams: [] }, Connect: { Native: false } }), {})
  })

  it('keeps a proxy in the order in which Consul shows it, without what is empty', () => {
    const Proxy = {
      Upstreams: [{ LocalBindPort: 1, DestinationName: 'db' }],
      DestinationServiceName: 'web',
      Config: {},
    }
    assert.equal(
      JSON.stringify(meshOf({ Kind: 'connect-proxy', Proxy })),
      '{"Kind":"connect-proxy","Proxy":{"DestinationServiceName":"web",' +
        '"Upstreams":[{"DestinationType":"","DestinationName":"db","Datacenter":"","LocalBindPort":1,"Config":null,"MeshGateway":{}}],' +
        '"MeshGateway":{},"Expose":{}}}',
    )
  })

  it('keeps the paths that a proxy exposes with all that Consul shows of them', () => {
    const Expose = { Checks: false, Paths: [{ Path: '/a', LocalPathPort: 0, ListenerPort: 5 }] }
    assert.equal(
      JSON.stringify(meshOf({ Proxy: { Expose } }).Proxy?.Expose),
      '{"Paths":[{"ListenerPort":5,"Path":"/a","ParsedFromCheck":false}]}',
    )
  })
})

describe('withBareTargets', () => {
  it('leaves out of upstreams what they do not say, and keeps what they do', () => {
    const Upstreams = [{ DestinationName: 'db', Datacenter: '', LocalBindPort: 1, Config: null, MeshGateway: {} }]
    assert.deepEqual(withBareTargets({ LocalServicePort: 80, Upstreams }), {
      LocalServicePort: 80,
      Upstreams: [{ DestinationName: 'db', LocalBindPort: 1, MeshGateway: {} }],
    })
    assert.deepEqual(withBareTargets({ LocalServicePort: 80 }), { LocalServicePort: 80 })
  })
})

describe('standsFor', () => {
  it('is true of the proxies of a service, and of itself where it needs none', () => {
    const proxy = { Service: 'web-proxy', Kind: 'connect-proxy', Proxy: { DestinationServiceName: 'web' } }
    assert.deepEqual([standsFor(proxy, 'web'), standsFor(proxy, 'web-proxy')], [true, false])
    const native = { Service: 'web', Connect: { Native: true } } as const
    assert.deepEqual([standsFor(native, 'web'), standsFor({ Service: 'web' }, 'web')], [true, false])
  })
})
