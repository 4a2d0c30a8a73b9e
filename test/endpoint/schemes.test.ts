import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Fields } from '../../src/endpoint/fields.ts'
import { endpointSchemes } from '../../src/endpoint/schemes.ts'

describe('endpointSchemes', () => {
  it('are all that issue from a name and a colon', () => {
    assert.deepEqual(Object.keys(endpointSchemes), ['tcp', 'tls', 'unix'])
  })

  it('print a mode with at least three digits', () => {
    assert.equal(endpointSchemes.unix.print({ scheme: 'unix', path: '/x', mode: 0o7 }), 'unix:/x:mode=007')
  })

  it('print a path that begins with two slashes so that it is not taken for a URL', () => {
    const printed = endpointSchemes.unix.print({ scheme: 'unix', path: '//x' })
    assert.deepEqual(endpointSchemes.unix.parse(new Fields(printed, 5)), { scheme: 'unix', path: '//x' })
  })

  it('name the options there are when they meet another', () => {
    assert.throws(() => endpointSchemes.unix.parse(new Fields('/x:owner=me', 0)), {
      expected: 'path=, mode= or backlog=',
    })
  })
})
