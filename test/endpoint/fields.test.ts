import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { bracketHost, escapeField, Fields } from '../../src/endpoint/fields.ts'

const read = (text: string) => new Fields(`x:${text}`, 2)

describe('Fields', () => {
  it('tell values from options', () => {
    const fields = read('a:k=v:b')
    assert.equal(fields.values, 2)
    assert.deepEqual([fields.value()?.value, fields.value()?.value, fields.value()], ['a', 'b', undefined])
    assert.equal(fields.option('k')?.value, 'v')
    fields.finish('nothing')
  })

  it('know where each begins', () => {
    const fields = read('ab:key=v')
    assert.deepEqual(fields.value(), { key: undefined, value: 'ab', begin: 2, position: 2 })
    assert.deepEqual(fields.option('key'), { key: 'key', value: 'v', begin: 5, position: 9 })
  })

  it('take only the first = as the end of a name', () => {
    assert.equal(read('k=a=b').option('k')?.value, 'a=b')
  })

  it('complain about what nobody took, where it begins', () => {
    const fields = read('a:k=v')
    fields.value()
    assert.throws(() => fields.finish('the end'), { position: 4, expected: 'the end' })
  })

  it('complain about a number that is none or out of bounds', () => {
    for (const text of ['n=-1', 'n=1.5', 'n=', 'n=11', 'n=1e1']) {
      assert.throws(() => read(text).number('n', 0, 10), { code: 'ERR_ENDPOINT_SYNTAX', position: 4 })
    }
    assert.equal(read('n=10').number('n', 0, 10), 10)
  })

  it('read back every escaped value', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), value => {
        assert.equal(read(escapeField(`v${value}`)).value()?.value, `v${value}`)
        assert.equal(read(`k=${escapeField(value)}`).option('k')?.value, value)
      }),
    )
  })
})

describe('bracketHost', () => {
  it('puts IPv6 in brackets and nothing else', () => {
    assert.deepEqual(['::1', '127.0.0.1', 'example.com'].map(bracketHost), ['[::1]', '127.0.0.1', 'example.com'])
  })
})
