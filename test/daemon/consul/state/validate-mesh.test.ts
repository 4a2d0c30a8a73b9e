import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { ConsulRefusedError } from '../../../../src/daemon/consul/errors.ts'
import type { MeshFields, ProxyFields } from '../../../../src/daemon/consul/state/mesh.ts'
import { refuseSidecar, validateMesh } from '../../../../src/daemon/consul/state/validate-mesh.ts'

function problemsOf(fields: MeshFields & { Port?: number }): string[] {
  try {
    validateMesh(fields, 500)
    return []
  } catch (error) {
    return (error as ConsulRefusedError).message
      .split('\n\t* ')
      .slice(1)
      .map(line => line.trim())
  }
}

const proxy = (Proxy: ProxyFields) => ({
  Kind: 'connect-proxy',
  Port: 1,
  Proxy: { DestinationServiceName: 'web', ...Proxy },
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

  it('takes each upstream once, each at a place of its own, and only what can be one', () => {
    const db = { DestinationName: 'db', LocalBindPort: 1 }
    const Upstreams = [
      { ...db, DestinationType: 'bogus' },
      { LocalBindPort: 1 },
      { DestinationName: 'db' },
      db,
      { ...db, LocalBindPort: 2 },
      { ...db, Datacenter: 'dc2', LocalBindAddress: '127.0.0.1' },
      { ...db, DestinationType: 'prepared_query', LocalBindAddress: '::1' },
    ]
    assert.deepEqual(problemsOf(proxy({ Upstreams })), [
      'unknown upstream destination type: "bogus"',
      'upstream destination name cannot be empty',
      'upstream local bind port cannot be zero',
      'upstreams cannot contain duplicates of [type="", name="db", namespace="", datacenter=""]',
      'upstreams cannot contain duplicates by local bind address and port; "127.0.0.1:1" is specified twice',
    ])
  })

  it('takes each exposed path once, by a protocol and on a port that there is', () => {
    const Paths = [
      { Path: '/a', ListenerPort: 1, Protocol: 'HTTP2' },
      { Path: '/a', ListenerPort: 1, Protocol: 'ftp' },
      { ListenerPort: 70_000 },
    ]
    assert.deepEqual(problemsOf(proxy({ Expose: { Paths } })), [
      'expose.paths: duplicate paths exposed',
      'expose.paths: duplicate listener ports exposed',
      "protocol 'ftp' not supported for path: /a, must be in: [http http2]",
      'expose.paths: empty path exposed',
      'expose.paths: invalid listener port: 70000',
    ])
  })

  it('refuses of a gateway what only a proxy has', () => {
    const Proxy = { DestinationServiceName: 'a', LocalServicePort: 1, Upstreams: [{ DestinationName: 'b' }] }
    assert.deepEqual(problemsOf({ Kind: 'mesh-gateway', Proxy }), [
      'Port must be non-zero for a mesh-gateway',
      'The Proxy.DestinationServiceName configuration is invalid for a mesh-gateway',
      'The Proxy.LocalServicePort configuration is invalid for a mesh-gateway',
      'The Proxy.Upstreams configuration is invalid for a mesh-gateway',
    ])
    assert.deepEqual(problemsOf({ Kind: 'ingress-gateway' }), [])
  })

  it('refuses a sidecar of a gateway, and one that says its id or has a sidecar itself', () => {
    const SidecarService = { ID: 'x', Connect: { SidecarService: {} } }
    assert.deepEqual(problemsOf({ Kind: 'mesh-gateway', Port: 1, Connect: { SidecarService } }), [
      'A mesh-gateway cannot have a sidecar service defined',
      'A SidecarService cannot specify an ID as this is managed by the agent',
      'A SidecarService cannot have a nested SidecarService',
    ])
    assert.deepEqual(problemsOf({ Connect: { SidecarService: {} } }), [])
  })
})

describe('refuseSidecar', () => {
  it('refuses a sidecar and nothing else', () => {
    assert.throws(() => refuseSidecar({ Connect: { SidecarService: {} } }), { status: 501 })
    refuseSidecar({ Connect: { Native: true } })
    refuseSidecar({})
  })
})
