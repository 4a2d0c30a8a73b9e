import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { ConsulRefusedError } from '../../../../src/daemon/consul/errors.ts'
import { meshOf, standsFor, validateMesh } from '../../../../src/daemon/consul/state/mesh.ts'

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
})

describe('validateMesh', () => {
  it('tells all that is wrong with a proxy in one error', () => {
    assert.throws(
      () => validateMesh({ Kind: 'connect-proxy' }, 500),
      (error: ConsulRefusedError) =>
        error.status === 500 && /^2 errors occurred:\n\t\* .*\n\t\* Port must be set.*\n\n$/.test(error.message),
    )
    validateMesh({ Kind: 'connect-proxy', Port: 1, Proxy: { DestinationServiceName: 'web' } }, 500)
  })

  it('refuses a sidecar, which would have to be run', () => {
    assert.throws(() => validateMesh({ Connect: { SidecarService: {} } }, 400), { status: 501 })
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
