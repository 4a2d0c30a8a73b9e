import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  requireFamilies,
  SERVICE_SHAPE,
  serviceDefinition,
  type ServiceFields,
} from '../../../../src/daemon/consul/agent/service-definition.ts'
import { decodeBody } from '../../../../src/daemon/consul/go/decode.ts'

describe('serviceDefinition', () => {
  it('fills in what is not said', () => {
    const { row, checks } = serviceDefinition({ Name: 'web' }, 'n0')
    assert.deepEqual(
      [row.ID, row.Port, row.Meta, row.Weights, checks],
      ['web', 0, null, { Passing: 1, Warning: 1 }, []],
    )
    assert.ok(!('TaggedAddresses' in row))
  })

  it('adds the address by its family, and keeps what is said of it', () => {
    const TaggedAddresses = { wan: { Address: '2.2.2.2', Port: 9 }, wan_ipv4: { Address: '3.3.3.3' } }
    const { row } = serviceDefinition({ Name: 'web', Address: '1.1.1.1', Port: 8, TaggedAddresses }, 'n0')
    assert.deepEqual(row.TaggedAddresses, {
      lan_ipv4: { Address: '1.1.1.1', Port: 8 },
      wan: { Address: '2.2.2.2', Port: 9 },
      wan_ipv4: { Address: '3.3.3.3', Port: 0 },
    })
  })

  it('reads the names with underscores too', () => {
    const text = '{"name":"web","enable_tag_override":true,"tagged_addresses":{"lan":{"Address":"x"}}}'
    const fields = decodeBody(text, SERVICE_SHAPE) as ServiceFields
    const { row } = serviceDefinition(
      { ...fields, Check: { TTL: 1e9, deregister_critical_service_after: 6e10 } as object },
      'n0',
    )
    assert.deepEqual([row.EnableTagOverride, Object.keys(row.TaggedAddresses ?? {})], [true, ['lan']])
  })

  it('takes upstreams for services unless they are something else', () => {
    const Upstreams = [
      { DestinationName: 'db', LocalBindPort: 1 },
      { DestinationName: 'near', DestinationType: 'prepared_query', LocalBindPort: 2 },
    ]
    const Proxy = { DestinationServiceName: 'web', Upstreams }
    const { row } = serviceDefinition({ Name: 'side', Kind: 'connect-proxy', Port: 9, Proxy }, 'n0')
    assert.deepEqual(
      row.Proxy?.Upstreams?.map(({ DestinationType }) => DestinationType),
      ['service', 'prepared_query'],
    )
  })

  it('refuses metadata that is out of its limits', () => {
    const metas = [{ '': 'a' }, { 'a b': 'a' }, { 'consul-x': 'a' }, { a: 'x'.repeat(513) }, { ['k'.repeat(129)]: 'a' }]
    for (const Meta of metas)
      assert.throws(() => serviceDefinition({ Name: 'web', Meta }, 'n0'), /Invalid Service Meta/)
    const many = Object.fromEntries(Array.from({ length: 65 }, (_, n) => [`k${n}`, 'v']))
    assert.throws(() => serviceDefinition({ Name: 'web', Meta: many }, 'n0'), /more than 64/)
  })

  it('refuses too many tags, and names that are too long', () => {
    assert.throws(() => serviceDefinition({ Name: 'web', Tags: Array(1_001).fill('t') }, 'n0'), /at most 1000 tags/)
    assert.throws(() => serviceDefinition({ Name: 'w'.repeat(4_097) }, 'n0'), /longer than 4096 bytes/)
  })
})

const tagged = (tag: string, Address: string) => ({ TaggedAddresses: { [tag]: { Address, Port: 1 } } })

describe('requireFamilies', () => {
  it('refuses a tagged address of another family than its tag says', () => {
    for (const [tag, address] of [
      ['lan_ipv4', 'x'],
      ['wan_ipv4', '::1'],
      ['lan_ipv6', '1.2.3.4'],
    ] as const)
      assert.throws(() => requireFamilies(tagged(tag, address)), { status: 500 })
    requireFamilies(tagged('lan_ipv4', '1.2.3.4'))
    requireFamilies(tagged('lan_ipv6', '::1'))
    requireFamilies(tagged('lan', 'x'))
    requireFamilies({})
  })
})
