import assert from 'node:assert/strict'
import { validateHeaderValue } from 'node:http'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { headerValue } from '../../../../src/daemon/consul/go/header-value.ts'

describe('headerValue', () => {
  it('is the text itself where that is plain', () => {
    assert.equal(headerValue('ServiceId web not found'), 'ServiceId web not found')
  })

  it('is UTF-8, and on one line', () => {
    assert.equal(Buffer.from(headerValue('ServiceId 🚢 not\r\nfound'), 'latin1').toString(), 'ServiceId 🚢 not  found')
  })

  it('is one that Node takes, whatever the text is', () => {
    const texts = fc.oneof(fc.string(), fc.string({ unit: 'binary' }))
    fc.assert(fc.property(texts, text => validateHeaderValue('x', headerValue(text))))
  })
})
