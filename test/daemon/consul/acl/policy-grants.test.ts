import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ALL_GRANTS, grantsOf } from '../../../../src/daemon/consul/acl/policy-grants.ts'
import { readPolicyRules } from '../../../../src/daemon/consul/acl/policy-rules.ts'

const deny = (text: string) => grantsOf(readPolicyRules(text), 'deny')
const allow = (text: string) => grantsOf(readPolicyRules(text), 'allow')

describe('grantsOf', () => {
  it('lets the name itself decide, else the longest beginning', () => {
    const grants = deny(`service_prefix "" { policy = "read" } service_prefix "pay" { policy = "deny" }
      service "pay-public" { policy = "write" }`)
    const names = ['web', 'pay', 'pay-roll', 'pay-public', 'pay-public-2']
    assert.deepEqual(
      names.map(name => [grants.may('services:read', name), grants.may('services:register', name)]),
      [
        [true, false],
        [false, false],
        [false, false],
        [true, true],
        [false, false],
      ],
    )
  })

  it('takes of several rules for one name that which denies, else that which allows more', () => {
    const write = 'key "a" { policy = "write" }'
    const grants = deny(`key "a" { policy = "read" } ${write} key "b" { policy = "deny" } key "b" { policy = "write" }`)
    assert.deepEqual([grants.may('kv:write', 'a'), grants.may('kv:read', 'b')], [true, false])
    assert.equal(deny('key_prefix "a" { policy = "deny" } key "a" { policy = "read" }').may('kv:read', 'a'), true)
  })

  it('takes no name with a star for a beginning', () => {
    const grants = deny('key "a*" { policy = "read" }')
    assert.deepEqual([grants.may('kv:read', 'a*'), grants.may('kv:read', 'ab')], [true, false])
  })

  it('goes by the default where no rule fits, and gives nobody tokens by it', () => {
    assert.equal(deny('').may('services:read', 'web'), false)
    const grants = allow('service "pay" { policy = "deny" }')
    assert.deepEqual(
      [grants.may('services:register', 'web'), grants.may('services:read', 'pay'), grants.may('kv:write', 'a')],
      [true, false, true],
    )
    assert.deepEqual([grants.mayAll('acl:read'), grants.mayAll('services:administer')], [false, false])
    assert.equal(allow('service_prefix "" { policy = "read" }').may('services:register', 'web'), false)
  })
})

describe('ALL_GRANTS', () => {
  it('have every right on every name', () => {
    for (const right of ['services:administer', 'kv:write', 'acl:write', 'operator:write', 'nodes:write'] as const)
      assert.ok(ALL_GRANTS.mayAll(right), right)
  })
})
