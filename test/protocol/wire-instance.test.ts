import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ALL_FIELDS, changedFields } from '../../src/discovery/changed-fields.ts'
import { changeInstance, createInstance } from '../../src/discovery/create-instance.ts'
import { InvalidInstanceError } from '../../src/discovery/errors.ts'
import { fromWireInstance, toWireChange, toWireInstance, type WireInstance } from '../../src/protocol/wire-instance.ts'

const plain = createInstance({ serviceName: 'users', id: 'a', endpoints: ['tcp://127.0.0.1:1'], startedAt: 5 })
const full = createInstance({
  ...plain,
  weight: 0,
  zone: 'z',
  version: '1',
  tags: ['日本'],
  metadata: { 'a "key"': 'ü\n' },
  status: 'late',
})

describe('A wire instance', () => {
  it('leaves out the name of the service and what has its default', () => {
    assert.deepEqual(toWireInstance(plain), { id: 'a', endpoints: ['tcp://127.0.0.1:1'], startedAt: 5 })
  })

  it('comes back whole over the wire', () => {
    for (const instance of [plain, full]) {
      const wire = JSON.parse(JSON.stringify(toWireInstance(instance))) as WireInstance
      assert.deepEqual(fromWireInstance('users', wire), instance)
    }
  })

  it('takes the service it is said to be of, not what it says itself', () => {
    const wire = { ...toWireInstance(plain), serviceName: 'orders' } as WireInstance
    assert.equal(fromWireInstance('users', wire).serviceName, 'users')
  })

  it('is checked when it is made whole', () => {
    const wires = [
      {},
      { ...plain, id: 5 },
      { ...plain, endpoints: 'x' },
      { ...plain, weight: '1' },
      { ...plain, tags: {} },
      { ...plain, metadata: ['v'] },
    ]
    const other = createInstance({ ...plain, id: 'b', tags: ['t'], metadata: { 0: 'v' } })
    for (const wire of wires) {
      assert.throws(() => fromWireInstance('users', wire as unknown as WireInstance), InvalidInstanceError)
      assert.throws(() => fromWireInstance('users', wire as unknown as WireInstance, other), InvalidInstanceError)
    }
  })

  it('says what it says whoever it may share that with, and has the tags and metadata of one that says the same', () => {
    const same = createInstance({ ...full, id: 'b' })
    for (const other of [plain, full, same]) {
      for (const instance of [plain, full]) {
        const wire = JSON.parse(JSON.stringify(toWireInstance(instance))) as WireInstance
        assert.deepEqual(fromWireInstance('users', wire, other), instance)
      }
    }
    const shared = fromWireInstance('users', structuredClone(toWireInstance(full)), same)
    assert.equal(shared.tags, same.tags)
    assert.equal(shared.metadata, same.metadata)
  })
})

describe('A wire change', () => {
  it('has the id and what changed, defaults too', () => {
    const instance = createInstance({ ...plain, zone: 'z' })
    const fields = changedFields(full, instance)
    assert.deepEqual(toWireChange({ instance, fields }), {
      id: 'a',
      weight: 1,
      version: '',
      tags: [],
      metadata: {},
      status: 'ready',
    })
  })

  it('makes the one of the other over the wire', () => {
    for (const [from, to] of [
      [plain, full],
      [full, plain],
    ] as const) {
      for (const fields of [ALL_FIELDS, changedFields(from, to)]) {
        const wire = JSON.parse(JSON.stringify(toWireChange({ instance: to, fields }))) as Partial<typeof plain>
        assert.deepEqual(changeInstance(from, wire), to)
      }
    }
  })
})
