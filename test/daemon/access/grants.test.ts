import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Grants, type Right } from '../../../src/daemon/access/grants.ts'

describe('Grants', () => {
  it('allow what is said of a name, and less', () => {
    const grants = new Grants({ services: { orders: 'register' } })
    assert.equal(grants.may('services:read', 'orders'), true)
    assert.equal(grants.may('services:register', 'orders'), true)
    assert.equal(grants.may('services:administer', 'orders'), false)
    assert.equal(grants.may('services:read', 'orders-2'), false)
    assert.equal(grants.may('kv:read', 'orders'), false)
  })

  it('let the most exact pattern decide, whatever the order', () => {
    const grants = new Grants({
      services: { '*': 'read', 'pay*': 'none', 'pay-public*': 'read', 'pay-public-secret': 'none', 'web*': 'register' },
    })
    const readable = [
      'users',
      'pay',
      'pay-roll',
      'pay-public',
      'pay-public-x',
      'pay-public-secret',
      'pay-public-secret2',
    ]
    assert.deepEqual(
      readable.filter(name => grants.may('services:read', name)),
      ['users', 'pay-public', 'pay-public-x', 'pay-public-secret2'],
    )
    assert.equal(grants.may('services:register', 'web'), true)
    assert.equal(grants.may('services:register', 'users'), false)
  })

  it('allow nothing that is not said', () => {
    const nothing = new Grants({})
    assert.equal(nothing.may('services:read', ''), false)
    assert.equal(nothing.may('sessions:write', 'node'), false)
    assert.equal(new Grants({ kv: { 'a/*': 'write' } }).may('kv:write', 'b'), false)
  })
})

describe('Grants of all and of any', () => {
  it('have all names where the pattern that covers them has, and none that is more exact takes away', () => {
    const grants = new Grants({ kv: { 'a*': 'write', 'a/b*': 'read', 'a/b/c': 'none', 'd*': 'write' } })
    const all = (right: 'kv:read' | 'kv:write', prefix?: string) => grants.mayAll(right, prefix)
    assert.deepEqual(
      [all('kv:read'), all('kv:read', 'a'), all('kv:write', 'a/x'), all('kv:write', 'd')],
      [false, false, true, true],
    )
    assert.deepEqual([all('kv:read', 'a/b'), all('kv:read', 'a/b/d'), all('kv:write', 'a/b/d')], [false, true, false])
    assert.deepEqual([grants.mayAny('kv:write'), grants.mayAny('services:read')], [true, false])
  })

  it('do not take a right on one name for a right on all that begin with it', () => {
    const grants = new Grants({ kv: { a: 'write' } })
    assert.deepEqual([grants.may('kv:write', 'a'), grants.mayAll('kv:write', 'a')], [true, false])
  })
})

const can = (services: Record<string, string>, right: Right) => new Grants({ services }).may(right, 'n0')

describe('Grants that say nothing of a kind', () => {
  it('go by the rights on services: some for nodes and the agent, all for events, administering for the rest', () => {
    assert.deepEqual(
      (['nodes:read', 'agents:read', 'events:read', 'queries:read'] as const).map(right => [
        can({}, right),
        can({ web: 'read' }, right),
        can({ '*': 'read' }, right),
      ]),
      [
        [false, true, true],
        [false, true, true],
        [false, false, true],
        [false, false, true],
      ],
    )
    for (const right of ['nodes:write', 'events:write', 'queries:write', 'acl:write', 'operator:read'] as const)
      assert.deepEqual([can({ '*': 'register' }, right), can({ '*': 'administer' }, right)], [false, true], right)
  })

  it('go by what is said once anything is', () => {
    const grants = new Grants({ services: { '*': 'administer' }, nodes: { n0: 'read' } })
    assert.deepEqual(
      [grants.may('nodes:read', 'n0'), grants.may('nodes:write', 'n0'), grants.may('nodes:read', 'n1')],
      [true, false, false],
    )
    assert.equal(grants.mayAll('nodes:read'), false)
  })
})
