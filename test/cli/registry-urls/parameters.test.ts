import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { duration, flag, port, text } from '../../../src/cli/registry-urls/parameters.ts'

describe('The values of parameters', () => {
  it('are any text, yes or no, ports, or durations', () => {
    assert.equal(port('8080'), 8080)
    assert.equal(text('a b'), 'a b')
    assert.deepEqual(['', 'true', 'false'].map(flag), [true, true, false])
    assert.deepEqual(['500ms', '1.5s', '2m'].map(duration), [500, 1_500, 120_000])
  })

  it('are refused with what was expected', () => {
    assert.throws(() => text(''), /is empty/)
    for (const wrong of ['', '0', '65536', 'x']) assert.throws(() => port(wrong), /must be a port/)
    assert.throws(() => flag('yes'), /must be true or false/)
    assert.throws(() => duration('5'), /must be a duration such as/)
  })
})
