import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { changeInstance, createInstance, validateServiceName } from '../../src/discovery/create-instance.ts'
import { InvalidInstanceError } from '../../src/discovery/errors.ts'
import type { Instance, InstanceInit } from '../../src/discovery/instance.ts'
import { FakeClock } from '../../src/testing/fake-clock.ts'

const least: InstanceInit = { serviceName: 'users', id: 'users-1', endpoints: ['tcp://10.0.0.5:8080'] }

describe('createInstance', () => {
  it('gives every field that is not said its default', () => {
    assert.deepEqual(createInstance(least, { clock: new FakeClock({ wallTime: 1_767_225_600_000 }) }), {
      ...least,
      weight: 1,
      zone: '',
      version: '',
      tags: [],
      metadata: {},
      startedAt: 1_767_225_600_000,
      status: 'ready',
    })
  })

  it('copies and freezes everything, so that nobody can change it behind its consumers', () => {
    const tags = ['a']
    const metadata = { key: 'value' }
    const instance = createInstance({ ...least, tags, metadata })
    tags.push('b')
    metadata.key = 'other'
    assert.deepEqual([instance.tags, instance.metadata], [['a'], { key: 'value' }])
    for (const part of [instance, instance.tags, instance.metadata, instance.endpoints])
      assert.ok(Object.isFrozen(part))
  })

  it('shares empty lists and metadata among all Instances', () => {
    const [one, other] = [createInstance(least), createInstance({ ...least, tags: [], metadata: {} })]
    assert.equal(one.tags, other.tags)
    assert.equal(one.metadata, other.metadata)
  })

  it('leaves out what an Instance does not have', () => {
    assert.equal('colour' in createInstance({ ...least, colour: 'red' } as InstanceInit), false)
  })

  it('accepts unicode, quotes, an own __proto__ key and exactly the limits', () => {
    const metadata = JSON.parse(`{"__proto__": "kept", "emoji 🪢": "\\"quoted\\"\\nlines"}`) as Record<string, string>
    const bytes = Buffer.byteLength(['rest', ...Object.entries(metadata).flat()].join(''))
    const instance = createInstance({
      serviceName: '绳'.repeat(85),
      id: 'x'.repeat(255),
      endpoints: Array.from({ length: 16 }, (_, port) => `tcp://[::1]:${port}`),
      weight: 65_535,
      zone: 'é'.repeat(127),
      tags: Array.from({ length: 64 }, () => 't'.repeat(255)),
      metadata: { ...metadata, rest: 'x'.repeat(65_536 - bytes) },
    })
    assert.equal(Object.entries(instance.metadata)[0]?.join(), '__proto__,kept')
  })

  const wrong: [field: keyof Instance, ...values: unknown[]][] = [
    ['serviceName', undefined, '', 'a/b', 'a\nb', 'x'.repeat(256), '绳'.repeat(86), '\ud800', 7],
    ['id', undefined, '', 'a/b', 'a\u0000', 'x'.repeat(256)],
    [
      'endpoints',
      undefined,
      [],
      'tcp://a:1',
      ['nonsense'],
      ['tcp://a b:1'],
      [`unix:/${'x'.repeat(1024)}`],
      Array(17).fill('tcp://a:1'),
    ],
    ['weight', -1, 65_536, 0.5, Number.NaN, '1'],
    ['zone', 'x'.repeat(256), 'a\u007fb', 1],
    ['version', 'x'.repeat(256), '\t'],
    ['tags', 'a', [''], [1], Array(65).fill('a'), ['x'.repeat(256)]],
    ['metadata', [], 'a', { '': 'a' }, { a: 1 }, { a: 'x'.repeat(65_536) }, { a: '\udfff' }],
    ['startedAt', -1, Number.POSITIVE_INFINITY, 'today'],
    ['status', 'up'],
  ]
  for (const [field, ...values] of wrong) {
    it(`refuses a ${field} out of its limits and names it`, () => {
      for (const value of values) {
        assert.throws(
          () => createInstance({ ...least, [field]: value }),
          (error: unknown) => error instanceof InvalidInstanceError && error.field === field,
          `${field} = ${JSON.stringify(value)}`,
        )
      }
    })
  }
})

describe('changeInstance', () => {
  const instance = createInstance({ ...least, zone: 'here', tags: ['a'], metadata: { key: 'value' } })

  it('changes what is said, copied and frozen, and shares the rest', () => {
    const tags = ['b']
    const changed = changeInstance(instance, { tags, weight: 0, zone: undefined as never })
    tags.push('c')
    assert.deepEqual(changed, { ...instance, tags: ['b'], weight: 0 })
    assert.equal(changed.metadata, instance.metadata)
    assert.ok(Object.isFrozen(changed) && Object.isFrozen(changed.tags))
  })

  it('changes neither the service name nor the id, and adds no field', () => {
    const changes = { serviceName: 'orders', id: 'b', colour: 'red' } as Partial<Instance>
    assert.deepEqual(changeInstance(instance, changes), instance)
  })

  it('refuses each field that is out of its limits', () => {
    const bad = {
      endpoints: [],
      weight: -1,
      zone: 5,
      version: '\n',
      tags: [''],
      metadata: [],
      startedAt: -1,
      status: 'x',
    }
    for (const [field, value] of Object.entries(bad)) {
      assert.throws(
        () => changeInstance(instance, { [field]: value as never }),
        error => error instanceof InvalidInstanceError && error.field === field,
      )
    }
  })
})

describe('validateServiceName', () => {
  it('throws for what cannot be a service name', () => {
    validateServiceName('users')
    assert.throws(() => validateServiceName('users/eu'), InvalidInstanceError)
  })
})
