import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { decodeText } from '../../../src/adapters/etcd/base64.ts'
import { decodeInstance, encodeInstance } from '../../../src/adapters/etcd/record.ts'
import { observe, type RopewalkEvent } from '../../../src/core/event.ts'
import { createInstance } from '../../../src/discovery/create-instance.ts'

const key = '/ropewalk/instances/users/u%201'

describe('A record of an Instance in etcd', () => {
  it('is JSON that says neither what its key says nor what has its default', () => {
    const instance = createInstance({ serviceName: 'users', id: 'u 1', endpoints: ['tcp://10.0.0.1:80'], startedAt: 1 })
    assert.equal(decodeText(encodeInstance(instance)), '{"endpoints":["tcp://10.0.0.1:80"],"startedAt":1}')
  })

  it('is read as it was written', () => {
    const instance = createInstance({
      serviceName: 'users',
      id: 'u 1',
      endpoints: ['tcp://10.0.0.1:80'],
      weight: 3,
      zone: 'eu',
      version: '1.0',
      tags: ['blue'],
      metadata: { 'ключ 🪢': '绳子' },
      startedAt: 1,
      status: 'draining',
    })
    assert.deepEqual(decodeInstance('users', { key, value: decodeText(encodeInstance(instance)) }), instance)
  })

  it('that is none is left out, with an event that names its key', t => {
    const events: RopewalkEvent[] = []
    t.after(observe('registry', event => events.push(event)))
    for (const value of ['nonsense', '{}', '[]', 'null', '']) {
      assert.equal(decodeInstance('users', { key, value }), undefined)
    }
    assert.deepEqual(new Set(events.map(event => event['key'])), new Set(['/ropewalk/instances/users/u%201']))
    assert.equal(events.length, 5)
  })
})
