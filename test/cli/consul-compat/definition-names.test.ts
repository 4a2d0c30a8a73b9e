import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { checkAsRegistered, serviceAsRegistered } from '../../../src/cli/consul-compat/definition-names.ts'

describe('serviceAsRegistered', () => {
  it('reads names with underscores wherever Consul has them, and leaves what a user names', () => {
    const service = {
      name: 'web',
      enable_tag_override: true,
      meta: { my_key: 'v' },
      tagged_addresses: { lan_ipv4: { address: '10.0.0.1', port: 1 } },
      proxy: {
        destination_service_name: 'api',
        config: { local_timeout_ms: 1 },
        mesh_gateway: { mode: 'local' },
        upstreams: [{ destination_name: 'db', mesh_gateway: { mode: 'none' } }],
        expose: { paths: [{ listener_port: 5, local_path_port: 6 }] },
      },
      connect: { sidecar_service: { proxy: { local_service_port: 7 } } },
    }
    assert.deepEqual(serviceAsRegistered(service), {
      name: 'web',
      enabletagoverride: true,
      meta: { my_key: 'v' },
      taggedaddresses: { lan_ipv4: { address: '10.0.0.1', port: 1 } },
      proxy: {
        destinationservicename: 'api',
        config: { local_timeout_ms: 1 },
        meshgateway: { mode: 'local' },
        upstreams: [{ destinationname: 'db', meshgateway: { mode: 'none' } }],
        expose: { paths: [{ listenerport: 5, localpathport: 6 }] },
      },
      connect: { sidecarservice: { proxy: { localserviceport: 7 } } },
    })
  })

  it('has one list of checks, in which an id is what the API calls so', () => {
    const service = { name: 'web', check: { id: 'a', grpc_use_tls: true }, checks: [{ id: 'b' }, { tcp: 'c' }] }
    assert.deepEqual(serviceAsRegistered(service), {
      name: 'web',
      checks: [{ checkid: 'a', grpcusetls: true }, { checkid: 'b' }, { tcp: 'c' }],
    })
    for (const none of [{}, { check: null, checks: null }, { checks: [] }])
      assert.deepEqual(serviceAsRegistered({ name: 'web', ...none }), { name: 'web' })
  })
})

describe('checkAsRegistered', () => {
  it('keeps the id as it is', () => {
    assert.deepEqual(checkAsRegistered({ id: 'a', service_id: 's' }), { id: 'a', serviceid: 's' })
  })
})
