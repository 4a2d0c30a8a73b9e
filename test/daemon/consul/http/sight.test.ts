import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Identity } from '../../../../src/daemon/access/access.ts'
import { Grants, type GrantTable } from '../../../../src/daemon/access/grants.ts'
import { Sight } from '../../../../src/daemon/consul/http/sight.ts'

function identity(table: GrantTable): Identity {
  const grants = new Grants(table)
  return {
    name: 'token "web"',
    key: 'web',
    may: (right, name) => grants.may(right, name),
    mayAll: (right, prefix) => grants.mayAll(right, prefix),
    mayAny: right => grants.mayAny(right),
    takeWrite: () => true,
  }
}

describe('Sight', () => {
  it('is the same for all who see everything', () => {
    const sight = new Sight(identity({ services: { '*': 'read' } }), [{ right: 'services:read' }])
    assert.equal(sight.key, '')
    assert.equal(sight.sees('services:read', 'whatever'), true)
  })

  it('is one of its own for who does not', () => {
    const sight = new Sight(identity({ services: { '*': 'read', pay: 'none' } }), [{ right: 'services:read' }])
    assert.equal(sight.key, 'web')
    assert.deepEqual([sight.sees('services:read', 'web'), sight.sees('services:read', 'pay')], [true, false])
  })

  it('takes no more than the name or the beginning that is asked about', () => {
    const web = identity({ services: { web: 'read' }, kv: { 'web/*': 'read' } })
    assert.equal(new Sight(web, [{ right: 'services:read', names: () => ['web'] }]).key, '=web')
    assert.equal(new Sight(web, [{ right: 'kv:read', prefix: 'web/a' }]).key, '')
    assert.equal(new Sight(web, [{ right: 'kv:read', prefix: '' }]).key, 'web')
  })

  it('shows to who may see just the names that are asked for these, and no other that comes later', () => {
    const names = ['web']
    const sight = new Sight(identity({ services: { web: 'read' }, nodes: { '*': 'read' } }), [
      { right: 'services:read', names: () => names },
      { right: 'nodes:read' },
    ])
    const sees = ['web', 'Web'].map(name => sight.sees('services:read', name))
    assert.deepEqual([...sees, sight.sees('nodes:read', 'n')], [true, false, true])
  })

  it('is one of its own for who may not see all of the spellings of a name', () => {
    const sight = new Sight(identity({ services: { web: 'read' } }), [
      { right: 'services:read', names: () => ['web', 'Web'] },
    ])
    assert.equal(sight.key, 'web')
    assert.deepEqual([sight.sees('services:read', 'web'), sight.sees('services:read', 'Web')], [true, false])
  })
})
