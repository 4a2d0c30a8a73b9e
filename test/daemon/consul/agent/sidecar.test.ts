import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { serviceDefinition, type ServiceFields } from '../../../../src/daemon/consul/agent/service-definition.ts'
import { sidecarOf } from '../../../../src/daemon/consul/agent/sidecar.ts'
import type { ServiceRow } from '../../../../src/daemon/consul/state/rows.ts'

function sidecar(SidecarService: ServiceFields, others: readonly Partial<ServiceRow>[] = [], more: ServiceFields = {}) {
  const fields = { Name: 'web', Port: 80, ...more, Connect: { SidecarService } }
  return sidecarOf({ row: serviceDefinition(fields, 'n0').row, fields }, others as ServiceRow[])
}

describe('sidecarOf', () => {
  it('is nothing where none is asked for', () => {
    const fields = { Name: 'web', Connect: { Native: true } }
    assert.equal(sidecarOf({ row: serviceDefinition(fields, 'n0').row, fields }, []), undefined)
  })

  it('takes from its service what it does not say', () => {
    const { row, checks } = sidecar({}, [], { ID: 'w1', Address: '10.0.0.1', Tags: ['a'], Meta: { k: 'v' } }) ?? {}
    assert.deepEqual(
      [row?.ID, row?.Service, row?.Kind, row?.Address, row?.Tags, row?.Meta, row?.Port, row?.isSidecar],
      ['w1-sidecar-proxy', 'web-sidecar-proxy', 'connect-proxy', '10.0.0.1', ['a'], { k: 'v' }, 21_000, true],
    )
    assert.deepEqual(row?.TaggedAddresses?.['lan_ipv4'], { Address: '10.0.0.1', Port: 21_000 })
    assert.deepEqual(row?.Proxy, {
      DestinationServiceName: 'web',
      DestinationServiceID: 'w1',
      LocalServiceAddress: '127.0.0.1',
      LocalServicePort: 80,
      MeshGateway: {},
      Expose: {},
    })
    assert.deepEqual(checks, [
      { Name: 'Connect Sidecar Listening', TCP: '127.0.0.1:21000', Interval: 10e9 },
      { Name: 'Connect Sidecar Aliasing w1', AliasService: 'w1' },
    ])
  })

  it('is as it says otherwise, with its own checks', () => {
    const Proxy = { LocalServiceAddress: '::1', LocalServicePort: 81 }
    const said = { Name: 'side', Port: 5, Tags: ['b'], Meta: { l: 'w' }, Proxy }
    const { row } = sidecar(said, [], { Tags: ['a'], Meta: { k: 'v' } }) ?? {}
    assert.deepEqual(
      [row?.Service, row?.Port, row?.Tags, row?.Meta, row?.Proxy?.LocalServicePort],
      ['side', 5, ['b'], { l: 'w' }, 81],
    )
    assert.equal(sidecar(said)?.checks[0]?.TCP, '[::1]:5')
    assert.deepEqual(sidecar({ Check: { TTL: 1e9 } })?.checks, [{ TTL: 1e9 }])
  })

  it('has usual weights in the place of those that cannot be', () => {
    for (const Passing of [0, -1, 65_536])
      assert.deepEqual(sidecar({ Weights: { Passing, Warning: 2 } })?.row.Weights, { Passing: 1, Warning: 1 })
    const largest = { Passing: 65_535, Warning: 2 }
    assert.deepEqual(sidecar({ Weights: largest })?.row.Weights, largest)
  })

  it('has the port that it had, else the lowest that is free, as long as there is one', () => {
    const others = [21_000, 21_002].map(Port => ({ ID: `s${Port}`, Port }))
    assert.equal(sidecar({}, others)?.row.Port, 21_001)
    assert.equal(sidecar({}, [...others, { ID: 'web-sidecar-proxy', Port: 21_200 }])?.row.Port, 21_200)
    assert.equal(sidecar({}, [...others, { ID: 'web-sidecar-proxy', Port: 9 }])?.row.Port, 21_001)
    const all = Array.from({ length: 256 }, (_, n) => ({ ID: `s${n}`, Port: 21_000 + n }))
    assert.throws(() => sidecar({}, all), /none left in the configured range \[21000, 21255\]$/)
    assert.equal(sidecar({ Port: 7 }, all)?.row.Port, 7)
  })

  it('refuses metadata that is out of its limits', () => {
    assert.throws(() => sidecar({ Meta: { 'consul-x': 'y' } }), { status: 500 })
  })
})
