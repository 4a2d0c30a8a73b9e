import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  agentHealthCheck,
  agentService,
  catalogService,
  healthService,
} from '../../../../src/daemon/consul/rows/forms.ts'
import type { CheckRow, NodeRow, ServiceRow } from '../../../../src/daemon/consul/state/rows.ts'

const indexes = { CreateIndex: 3, ModifyIndex: 4 }
const node: NodeRow = {
  ID: 'i',
  Node: 'n0',
  Address: '1.1.1.1',
  Datacenter: 'dc1',
  TaggedAddresses: null,
  Meta: null,
  ...indexes,
}
const service: ServiceRow = {
  Node: 'n0',
  ID: 's',
  Service: 'web',
  Tags: ['v1'],
  Address: '',
  Meta: null,
  Port: 80,
  Weights: { Passing: 1, Warning: 1 },
  EnableTagOverride: false,
  isLocal: true,
  ...indexes,
}

describe('The forms of a service', () => {
  it('differ in what they say of metadata, of the mesh and of indexes', () => {
    assert.equal(healthService(service).Meta, null)
    assert.deepEqual(healthService(service).Proxy, { MeshGateway: {}, Expose: {} })
    assert.deepEqual(agentService(service).Meta, {})
    assert.ok(!('CreateIndex' in agentService(service)) && !('isLocal' in agentService(service)))
    const flat = catalogService({ node, service, checks: [] })
    assert.deepEqual([flat.Node, flat.ServiceID, flat.ServiceMeta, flat.ModifyIndex], ['n0', 's', {}, 4])
  })
})

describe('The form of a check in the health of an agent', () => {
  it('has no indexes, and a definition that says nothing', () => {
    const check: CheckRow = {
      Node: 'n0',
      CheckID: 'c',
      Name: 'c',
      Status: 'passing',
      Notes: '',
      Output: '',
      ServiceID: 's',
      ServiceName: 'web',
      ServiceTags: [],
      Type: 'ttl',
      Definition: {},
      ...indexes,
    }
    const shown = agentHealthCheck(check)
    assert.deepEqual([shown.Type, shown.ServiceTags, shown.ModifyIndex], ['', null, 0])
  })
})
