import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { readAccessRules } from '../../../src/daemon/access/access-rules.ts'
import { newToken, tokenHash } from '../../../src/daemon/access/token-hash.ts'

const hash = tokenHash('t')
const read = (rules: unknown) =>
  readAccessRules(typeof rules === 'string' ? rules : JSON.stringify(rules), 'rules.json')

const patterns = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, 'read']))

describe('readAccessRules', () => {
  it('reads tokens, certificates and what is for everybody', () => {
    const { anonymous, byHash, byCertificate } = read({
      anonymous: { services: { '*': 'read' } },
      tokens: [
        {
          name: 'orders',
          hash,
          services: { orders: 'register' },
          kv: { 'orders/*': 'write' },
          sessions: { '*': 'write' },
        },
        { name: 'gateway', certificate: 'gateway.example' },
      ],
    })
    assert.equal(anonymous.may('services:read', 'x'), true)
    assert.equal(byHash.get(hash)?.name, 'orders')
    assert.equal(byHash.get(hash)?.grants.may('kv:write', 'orders/1'), true)
    assert.equal(byCertificate.get('gateway.example')?.grants.may('services:read', 'x'), false)
  })

  it('takes as many tokens, and patterns of one, as it may', () => {
    const tokens = Array.from({ length: 10_000 }, (_, index) => ({ name: `t${index}`, certificate: `c${index}` }))
    const { byCertificate, byHash } = read({ tokens: [...tokens.slice(1), { name: 'a', hash, kv: patterns(1_000) }] })
    assert.deepEqual([byCertificate.size, byHash.get(hash)?.grants.may('kv:read', 'k999')], [9_999, true])
  })

  it('allows nobody anything where nothing is said', () => {
    const { anonymous, byHash } = read({})
    assert.equal(anonymous.may('services:read', 'x'), false)
    assert.equal(byHash.size, 0)
  })

  it('refuses what it does not know, and says where it is', () => {
    const token = { name: 'a', hash }
    const wrong: [unknown, RegExp][] = [
      ['{', /it is not JSON/],
      ['[]', /the file must be an object/],
      [{ token: [] }, /the file has the field "token"/],
      [{ tokens: {} }, /"tokens" must be a list/],
      [{ tokens: [5] }, /token 1 must be an object/],
      [{ tokens: [{ hash }] }, /token 1 needs a "name"/],
      [{ tokens: [{ name: 'a' }] }, /"a" has neither "hash" nor "certificate"/],
      [{ tokens: [{ name: 'a', hash: 'secret' }] }, /the "hash" of the token "a"/],
      [{ tokens: [{ name: 'a', certificate: '' }] }, /the "certificate" of the token "a"/],
      [{ tokens: [{ ...token, service: {} }] }, /"a" has the field "service"/],
      [
        { tokens: [{ ...token, services: { 'x*': 'write' } }] },
        /gives "x\*" a right that is none of none, read, register/,
      ],
      [{ tokens: [{ ...token, kv: { x: 'register' } }] }, /"kv" of the token "a" gives "x"/],
      [{ tokens: [{ ...token, kv: [] }] }, /"kv" of the token "a" must be an object/],
      [{ tokens: [{ ...token, kv: { x: ['read'] } }] }, /"kv" of the token "a" gives "x"/],
      [{ tokens: [{ ...token, kv: patterns(1_001) }] }, /"kv" of the token "a" has more than 1000 patterns/],
      ['{"tokens": [], "__proto__": {}}', /the file has the field "__proto__"/],
      [{ tokens: [token, token] }, /two tokens have the same name/],
      [{ tokens: [token, { name: 'b', hash }] }, /two tokens have the same hash/],
      [{ anonymous: { hash } }, /"anonymous" has the field "hash"/],
      [
        { tokens: Array.from({ length: 10_001 }, (_, index) => ({ name: `t${index}`, certificate: `c${index}` })) },
        /at most 10000/,
      ],
    ]
    for (const [rules, message] of wrong) assert.throws(() => read(rules), { code: 'ERR_ACCESS_RULES', message })
  })

  it('shows nothing of a hash that is wrong', () => {
    assert.throws(
      () => read({ tokens: [{ name: 'a', hash: 'my-secret-token' }] }),
      error => !String(error).includes('my-secret'),
    )
    assert.throws(
      () => read('{"tokens": [{"hash": my-secret'),
      error => !String(error).includes('my-secret'),
    )
  })
})

describe('newToken', () => {
  it('is 256 bits by chance, and its hash is accepted', () => {
    const [one, other] = [newToken(), newToken()]
    assert.notEqual(one, other)
    assert.equal(Buffer.from(one, 'base64url').length, 32)
    assert.equal(read({ tokens: [{ name: 'a', hash: tokenHash(one) }] }).byHash.size, 1)
  })
})
