import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { readPolicyRules } from '../../../../src/daemon/consul/acl/policy-rules.ts'

const read = (text: string) =>
  readPolicyRules(text).map(({ kind, prefix, isExact, level }) => `${kind} ${isExact ? '=' : '*'}${prefix} ${level}`)

const rules = (count: number) =>
  Array.from({ length: count }, (_, index) => `key "${index}" { policy = "read" }`).join('\n')

describe('readPolicyRules', () => {
  it('reads every resource, by name and by what names begin with, in the words of our own rights', () => {
    assert.deepEqual(
      read(`service "web" { policy = "write" intentions = "read" } service_prefix "" { policy = "read" }
        key "a*" { policy = "list" } key_prefix "a/" { policy = "deny" }
        session "n0" { policy = "write" } node_prefix "n" { policy = "write" } agent "n0" { policy = "read" }
        event_prefix "" { policy = "write" } query "q" { policy = "read" } acl = "read" operator = "write"`),
      [
        'services =web register',
        'services * read',
        'kv =a* read',
        'kv *a/ none',
        'sessions =n0 write',
        'nodes *n write',
        'agents =n0 log',
        'events * write',
        'queries =q read',
        'acl * read',
        'operator * write',
      ],
    )
  })

  it('reads JSON as well, and a resource however often it is there', () => {
    assert.deepEqual(read('{"service": {"a": {"policy": "read"}, "b": {"policy": "write"}}, "acl": "write"}'), [
      'services =a read',
      'services =b register',
      'acl * write',
    ])
    assert.deepEqual(
      read('service "a" { policy = "read" }\nservice "b" { policy = "read" }\nservice "a" { policy = "deny" }'),
      ['services =a read', 'services =b read', 'services =a none'],
    )
  })

  it('passes over resources that there are not here', () => {
    assert.deepEqual(
      read('keyring = "read" mesh = "write" toString "x" { policy = "read" } constructor_prefix "" {}'),
      [],
    )
    assert.deepEqual(read(''), [])
  })

  it('refuses what it cannot read, and policies that there are not', () => {
    const refused: [string, RegExp][] = [
      ['service {', /^Failed to parse ACL rules: At 1:\d+: /],
      ['service = "write"', /^Failed to parse ACL rules: service is to be a block/],
      ['service "a" { policy = "foo" }', /^Invalid service policy: "foo" for "a"$/],
      ['service "a" { }', /^Invalid service policy: "" for "a"$/],
      ['service "a" { policy = "list" }', /^Invalid service policy: "list"/],
      ['key "a" { policy = "toString" }', /^Invalid key policy: "toString"/],
      ['acl = "list"', /^Invalid acl policy: "list"/],
      ['acl { policy = "read" }', /^Invalid acl policy/],
    ]
    for (const [text, message] of refused) assert.throws(() => readPolicyRules(text), { message, status: 500 }, text)
  })

  it('takes 1,000 rules and no more', () => {
    assert.equal(readPolicyRules(rules(1_000)).length, 1_000)
    assert.throws(() => readPolicyRules(rules(1_001)), { message: 'A policy takes at most 1000 rules, not 1001' })
  })
})
