import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { printAddress, printOptions, takeAddress } from '../../src/endpoint/address-fields.ts'
import { Fields } from '../../src/endpoint/fields.ts'

describe('takeAddress', () => {
  it('takes host and port in any of their places', () => {
    for (const text of ['h:1', 'host=h:port=1', 'interface=h:1', '1:host=h', '//h:1']) {
      assert.deepEqual(takeAddress(new Fields(text, 0)), { host: 'h', port: 1 }, text)
    }
  })

  it('refuses a host that is none', () => {
    for (const text of ['a b:1', '[x]:1', '[127.0.0.1]:1', '//:1']) {
      assert.throws(() => takeAddress(new Fields(text, 0)), { expected: 'a host name or IP address' }, text)
    }
  })
})

describe('printAddress', () => {
  it('prints a plain address as URL and everything else with colons', () => {
    assert.equal(printAddress('x', { host: 'h', port: 1 }), 'x://h:1')
    assert.equal(printAddress('x', { port: 1 }), 'x:1')
    assert.equal(printAddress('x', { host: '::1', port: 1, backlog: 2 }, { a: 'b:c' }), 'x:[::1]:1:backlog=2:a=b\\:c')
  })
})

describe('printOptions', () => {
  it('leaves out what is undefined', () => {
    assert.equal(printOptions({ a: 1, b: undefined, c: '=' }), ':a=1:c=\\=')
  })
})
