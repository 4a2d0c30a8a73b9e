import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { serviceDefinition } from '../../../../src/daemon/consul/agent/service-definition.ts'

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
    const check = { http: 1 }
    assert.ok(check)
    const fields = { Name: 'web', enable_tag_override: true, tagged_addresses: { lan: { Address: 'x' } } }
    const { row } = serviceDefinition(
      { ...fields, Check: { TTL: 1e9, deregister_critical_service_after: 6e10 } as object },
      'n0',
    )
    assert.deepEqual([row.EnableTagOverride, Object.keys(row.TaggedAddresses ?? {})], [true, ['lan']])
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
