import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { Entries } from '../../../src/adapters/consul/entries.ts'
import type { ServiceEntry } from '../../../src/adapters/consul/service-entry.ts'
import { observe, type RopewalkEvent } from '../../../src/core/event.ts'
import { createInstance } from '../../../src/discovery/create-instance.ts'
import { foreignEntry, ownEntry } from './health-entry.ts'

const strict = { name: 'users', isLenient: false }
const lenient = { name: 'users', isLenient: true }
const instance = createInstance({ serviceName: 'users', id: 'a', endpoints: ['tcp://127.0.0.1:80'], startedAt: 0 })

function read(...entries: ServiceEntry[]) {
  return new Entries('users').read(entries, strict)
}

function warnings(t: TestContext): RopewalkEvent[] {
  const events: RopewalkEvent[] = []
  t.after(observe('registry', event => events.push(event)))
  return events
}

describe('Entries', () => {
  it('read what others have registered, with defaults for what Consul does not say', () => {
    const service = { Tags: ['v1'], Address: '10.9.9.9', Meta: { zone: 'b', version: '2', a: 'b' }, Port: 5432 }
    const [found] = read(foreignEntry({ service: { ...service, Weights: { Passing: 3, Warning: 1 } } }))
    assert.deepEqual(found, {
      serviceName: 'users',
      id: 'n1:u1',
      endpoints: ['tcp://10.9.9.9:5432'],
      weight: 3,
      zone: 'b',
      version: '2',
      tags: ['v1'],
      metadata: { a: 'b' },
      startedAt: 0,
      status: 'ready',
    })
  })

  it('have the address of the node where a service has none of its own, and leave out what has no port', () => {
    const [found, ...others] = read(foreignEntry(), foreignEntry({ service: { ID: 'u2', Port: 0 } }))
    assert.deepEqual(found?.endpoints, ['tcp://10.0.0.1:80'])
    assert.deepEqual(others, [])
    assert.deepEqual(read(foreignEntry({ service: { Address: '::1' } }))[0]?.endpoints, ['tcp://[::1]:80'])
  })

  it('make ids that are unique across nodes and allowed, of any that Consul has', () => {
    const ids = ['u/1', 'x'.repeat(300), 'ü']
    const entries = ids.flatMap(ID => ['n1', 'n2'].map(node => foreignEntry({ node, service: { ID } })))
    assert.equal(new Set(read(...entries).map(({ id }) => id)).size, 6)
  })

  it('go by the checks, of the node too: critical is not there, a warning has its own weight, maintenance is draining', () => {
    const service = { Weights: { Passing: 10, Warning: 2 } }
    const seen = (CheckID: string, Status: string) =>
      read(foreignEntry({ service, checks: [{}, { CheckID, Status }] })).map(({ status, weight }) => [status, weight])
    assert.deepEqual(seen('service:u1', 'critical'), [])
    assert.deepEqual(seen('serfHealth', 'critical'), [])
    assert.deepEqual(seen('service:u1', 'warning'), [['ready', 2]])
    assert.deepEqual(seen('_service_maintenance:u1', 'critical'), [['draining', 10]])
    assert.deepEqual(seen('_node_maintenance', 'critical'), [['draining', 10]])
  })

  it('take only those of the very name, which Consul does not', () => {
    assert.deepEqual(read(foreignEntry({ service: { Service: 'Users' } })), [])
  })

  it('hand out the same object for what has not changed', () => {
    const entries = new Entries('users')
    const other = createInstance({ ...instance, id: 'b' })
    const first = entries.read([ownEntry(instance), ownEntry(other)], strict)
    const changed = createInstance({ ...other, weight: 2 })
    const second = entries.read([ownEntry(instance), ownEntry(changed, { index: 2 })], strict)
    assert.equal(second[0], first[0])
    assert.deepEqual(second, [instance, changed])
    assert.equal(entries.read([ownEntry(instance), ownEntry(changed, { index: 2 })], strict), second)
  })

  it('have the newer of two with one id, as after a move from one agent to another', () => {
    const moved = {
      ...ownEntry(createInstance({ ...instance, weight: 2 }), { index: 5 }),
      Node: { Node: 'n2', Address: '' },
    }
    const entries = [moved, ownEntry(instance, { index: 3 })]
    assert.deepEqual(
      read(...entries).map(({ weight }) => weight),
      [2],
    )
    assert.deepEqual(
      read(...entries.toReversed()).map(({ weight }) => weight),
      [2],
    )
  })

  it('keep what was alive and fails its checks where they are lenient, until they are not', () => {
    const entries = new Entries('users')
    const draining = createInstance({ ...instance, id: 'd', status: 'draining' })
    entries.read([ownEntry(instance), ownEntry(draining)], strict)
    const critical = { status: 'critical' }
    const failing = [
      ownEntry(instance, critical),
      ownEntry(draining, critical),
      ownEntry(createInstance({ ...instance, id: 'new' }), critical),
    ]
    const statuses = (isLenient: boolean) =>
      entries.read(failing, { name: 'users', isLenient }).map(({ id, status }) => `${id} ${status}`)
    assert.deepEqual(statuses(true), ['a unconfirmed', 'd draining'])
    assert.deepEqual(statuses(true), ['a unconfirmed', 'd draining'])
    assert.deepEqual(entries.read([ownEntry(instance)], lenient), [instance])
    entries.read(failing, strict)
    assert.deepEqual(statuses(true), [])
  })

  it('leave out what somebody has changed beyond recognition, and tell', t => {
    const told = warnings(t)
    const entry = ownEntry(createInstance({ ...instance, endpoints: ['unix:/run/x.sock'] }))
    const broken = { ...entry, Checks: [{ CheckID: 'ropewalk:x', Status: 'passing', Notes: '{' }] }
    assert.deepEqual(
      read(broken, ownEntry(createInstance({ ...instance, id: 'b' }))).map(({ id }) => id),
      ['b'],
    )
    assert.deepEqual(
      told.map(({ event }) => event),
      ['registry.instance-skipped'],
    )
  })
})
