import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { Entries } from '../../../src/adapters/consul/entries.ts'
import { consulName } from '../../../src/adapters/consul/names.ts'
import { registrationOf } from '../../../src/adapters/consul/registration.ts'
import { createInstance } from '../../../src/discovery/create-instance.ts'
import type { Instance, InstanceInit } from '../../../src/discovery/instance.ts'
import { ownEntry } from './health-entry.ts'

const text = (maxLength: number) =>
  fc
    .string({ unit: 'grapheme', maxLength })
    .filter(value => !/[\p{Cc}/]/u.test(value) && Buffer.byteLength(value) <= 255)
const key = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 200 })

const instances: fc.Arbitrary<Instance> = fc
  .record({
    serviceName: text(50).filter(value => value !== ''),
    id: text(50).filter(value => value !== ''),
    endpoints: fc.constantFrom(
      ['tcp://10.0.0.5:80'],
      ['tcp://[::1]:80'],
      ['tls://users.example:443'],
      ['unix:/run/x.sock'],
      ['tcp://0.0.0.0:80'],
      ['tcp://10.0.0.5:80', 'tcp://10.0.0.6:80'],
    ),
    weight: fc.integer({ min: 0, max: 65_535 }),
    zone: text(50),
    version: text(50),
    tags: fc.array(
      text(50).filter(value => value !== ''),
      { maxLength: 64 },
    ),
    metadata: fc.dictionary(fc.oneof(key, fc.constantFrom('zone', 'ropewalk', 'consul-x')), text(600), {
      maxKeys: 100,
    }),
    startedAt: fc.nat(),
    status: fc.constantFrom('ready' as const, 'draining' as const),
  })
  .map(init => createInstance({ ...init, metadata: { ...init.metadata } }))

interface Body {
  readonly Meta: Readonly<Record<string, string>>
  readonly Weights: { readonly Passing: number; readonly Warning: number }
  readonly Address: string
  readonly Port: number
  readonly Check: { readonly Notes: string }
}

function body(init: Partial<InstanceInit>): Body {
  const instance = createInstance({
    serviceName: 'users',
    id: 'u1',
    endpoints: ['tcp://10.0.0.5:80'],
    startedAt: 0,
    ...init,
  })
  const options = { ttlMs: 15_000, claim: 'h.1', write: 1, checkId: 'ropewalk:h.1.0', removeAfterMs: 60_000 }
  return registrationOf({ instance, ...options }) as Body
}

describe('A registration', () => {
  it('loses nothing of an instance', () => {
    fc.assert(
      fc.property(instances, instance => {
        const reading = { name: consulName(instance.serviceName), isLenient: false }
        const [read] = new Entries(instance.serviceName).read([ownEntry(instance)], reading)
        assert.deepEqual(read, instance)
      }),
    )
  })

  it("keeps to Consul's limits, whatever the instance has", () => {
    fc.assert(
      fc.property(instances, instance => {
        const { Meta, Weights } = body(instance)
        assert.ok(Object.keys(Meta).length <= 64)
        for (const [name, value] of Object.entries(Meta)) {
          assert.match(name, /^[A-Za-z0-9_-]{1,128}$/)
          assert.ok(Buffer.byteLength(value) <= 512 && !name.startsWith('consul-'))
        }
        assert.ok(Weights.Passing >= 1 && Weights.Passing <= 65_535)
      }),
    )
  })

  it('shows in plain sight what Consul has a place for', () => {
    const { Address, Port, Meta, Weights, Check } = body({
      weight: 7,
      zone: 'a',
      version: '2',
      metadata: { owner: 'crew' },
    })
    assert.deepEqual([Address, Port, Weights.Passing, Check.Notes], ['10.0.0.5', 80, 7, ''])
    const { ropewalk: _, ...shown } = Meta
    assert.deepEqual(shown, { owner: 'crew', zone: 'a', version: '2' })
  })

  it('has no weight for a warning while it drains', () => {
    assert.deepEqual(body({ weight: 7, status: 'draining' }).Weights, { Passing: 7, Warning: 0 })
  })

  it('has no address where an endpoint stands for all, or is a file', () => {
    for (const endpoint of ['tcp://0.0.0.0:80', 'tcp://[::]:80', 'unix:/run/x.sock']) {
      assert.equal(body({ endpoints: [endpoint] }).Address, '')
    }
    assert.equal(body({ endpoints: ['tcp://[::1]:80'] }).Address, '::1')
  })
})
