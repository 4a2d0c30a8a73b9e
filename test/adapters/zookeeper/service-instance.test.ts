import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { decodeInstance, encodeInstance } from '../../../src/adapters/zookeeper/service-instance.ts'
import { createInstance } from '../../../src/discovery/create-instance.ts'
import type { InstanceInit } from '../../../src/discovery/instance.ts'

const key = { serviceName: 'users', id: 'i-1' }
const none = () => null

function instance(init: Partial<InstanceInit> = {}) {
  return createInstance({ ...key, endpoints: ['tcp://10.0.0.5:8080'], startedAt: 1_767_225_600_000, ...init })
}

function json(init: Partial<InstanceInit> = {}): Record<string, unknown> {
  return JSON.parse(encodeInstance(instance(init), none).toString()) as Record<string, unknown>
}

function decoded(value: unknown) {
  return decodeInstance(Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)), key)
}

/** As JsonInstanceSerializer of Curator 5 writes an instance without a payload, byte for byte. */
const CURATORS = `{"name":"users","id":"i-1","address":"10.0.0.5","port":8080,"sslPort":null,"payload":null,"registrationTimeUTC":1767225600000,"serviceType":"DYNAMIC","uriSpec":null}`

const payload = (of: { version: string }) => ({ '@class': 'org.example.Details', version: of.version })

describe('The JSON of an instance', () => {
  it("is Curator's, and has nothing more of an instance that is nothing more", () => {
    const { ropewalk, ...curators } = json()
    assert.deepEqual(curators, JSON.parse(CURATORS))
    assert.deepEqual(ropewalk, {})
  })

  it('leads back to the instance, whatever it is', () => {
    const endpoint = fc.constantFrom(
      'tcp://a:1',
      'tls://a:2',
      'tcp://[::1]:80',
      'unix:/run/x',
      'tls://b:3',
      'tcp://a:1/p',
    )
    const some = fc.record({
      endpoints: fc.array(endpoint, { minLength: 1, maxLength: 4 }),
      weight: fc.integer({ min: 0, max: 65_535 }),
      zone: fc.constantFrom('', 'eu-1'),
      version: fc.constantFrom('', '1.2'),
      tags: fc.array(fc.constantFrom('a', 'b'), { maxLength: 2 }),
      metadata: fc.dictionary(fc.string({ minLength: 1 }), fc.string(), { maxKeys: 3 }),
      startedAt: fc.oneof(fc.nat(), fc.constant(1.5)),
      status: fc.constantFrom('ready' as const, 'draining' as const),
    })
    fc.assert(
      fc.property(some, init => {
        const written = instance(init)
        assert.deepEqual(decodeInstance(encodeInstance(written, none), key), written)
      }),
    )
  })

  it('has the secure port where Curator looks for it', () => {
    const { address, port, sslPort } = json({ endpoints: ['tls://10.0.0.5:8443', 'tcp://10.0.0.5:8080'] })
    assert.deepEqual({ address, port, sslPort }, { address: '10.0.0.5', port: 8080, sslPort: 8443 })
  })

  it('says that a draining instance is not enabled, so that Java programs choose another', () => {
    assert.equal(json({ status: 'draining' })['enabled'], false)
    assert.equal('enabled' in json(), false)
  })

  it('has the payload that it is told to have', () => {
    const data = encodeInstance(instance({ version: '2.1' }), payload)
    assert.deepEqual((JSON.parse(data.toString()) as { payload: unknown }).payload, {
      '@class': 'org.example.Details',
      version: '2.1',
    })
    assert.deepEqual(decodeInstance(data, key), instance({ version: '2.1' }))
  })

  it("is read when it is Curator's", () => {
    assert.deepEqual(decoded(CURATORS), instance())
  })

  it('is read with the secure port first, as Curator prefers it', () => {
    const { endpoints } = decoded({ ...json(), sslPort: 8443, ropewalk: undefined })
    assert.deepEqual(endpoints, ['tls://10.0.0.5:8443', 'tcp://10.0.0.5:8080'])
  })

  it('is read with the URL that a template spells out, where it has no address', () => {
    const parts = [
      { value: 'https://users.example', variable: false },
      { value: ':8443/api', variable: false },
    ]
    assert.deepEqual(decoded({ uriSpec: { parts } }).endpoints, ['tls://users.example:8443'])
  })

  it('gives the payload as metadata: of Spring Cloud its metadata, else its plain fields, and a text as such', () => {
    const foreign = JSON.parse(CURATORS) as object
    const spring = { '@class': 'org.springframework.cloud.zookeeper.discovery.ZookeeperInstance', id: 'a', name: 'b' }
    const metadata = { zone: 'eu-1', ready: true }
    assert.deepEqual(decoded({ ...foreign, payload: { ...spring, metadata } }).metadata, {
      zone: 'eu-1',
      ready: 'true',
    })
    assert.deepEqual(decoded({ ...foreign, payload: { '@class': 'x', owner: 'crew', n: 1, deep: {} } }).metadata, {
      owner: 'crew',
      n: '1',
    })
    assert.deepEqual(decoded({ ...foreign, payload: 'text' }).metadata, { payload: 'text' })
  })

  it('tells of an instance that is not enabled as draining', () => {
    assert.equal(decoded({ ...(JSON.parse(CURATORS) as object), enabled: false }).status, 'draining')
  })

  it('is refused as a whole when it tells of no instance', () => {
    for (const wrong of [
      '',
      'garbage',
      '[]',
      'null',
      '{}',
      '{"address":"a","port":0}',
      '{"ropewalk":{"endpoints":[1]}}',
    ])
      assert.throws(() => decoded(wrong), { code: 'ERR_INVALID_INSTANCE' }, wrong)
    fc.assert(
      fc.property(fc.json(), text => {
        try {
          decoded(text)
        } catch (error) {
          assert.equal((error as { code?: string }).code, 'ERR_INVALID_INSTANCE', text)
        }
      }),
    )
  })
})
