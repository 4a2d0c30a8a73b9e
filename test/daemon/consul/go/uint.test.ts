import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parseUint } from '../../../../src/daemon/consul/go/uint.ts'

const problem = (text: string) => ({ status: 500, message: `strconv.ParseUint: parsing ${text}` })

describe('parseUint', () => {
  it('takes numbers of 64 bits, written anyhow, to the last digit', () => {
    assert.equal(parseUint('18446744073709551615'), '18446744073709551615')
    assert.equal(parseUint('007'), '7')
  })

  it('refuses what is larger, and what is no number', () => {
    assert.throws(() => parseUint('18446744073709551616'), problem('"18446744073709551616": value out of range'))
    for (const text of ['', '-1', 'x', '1.5'])
      assert.throws(() => parseUint(text), problem(`"${text}": invalid syntax`))
  })
})
