import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ProtocolError } from '../../src/protocol/errors.ts'
import { amount, list, object, optional, text, texts, truth, whole } from '../../src/protocol/fields.ts'

describe('The fields of a message', () => {
  it('are read as what they are', () => {
    const fields = { a: 'x', b: 3, c: 0.5, d: true, e: ['x'] }
    assert.deepEqual(
      [text(fields, 'a'), whole(fields, 'b'), amount(fields, 'c'), truth(fields, 'd'), list(fields, 'e', 1)],
      ['x', 3, 0.5, true, ['x']],
    )
    assert.deepEqual(texts(fields, 'e', 1), ['x'])
  })

  it('are refused when they are something else', () => {
    const wrong: (() => unknown)[] = [
      () => text({ a: 5 }, 'a'),
      () => text({ a: 'x'.repeat(5_000) }, 'a'),
      () => whole({ a: 1.5 }, 'a'),
      () => whole({ a: -1 }, 'a'),
      () => whole({ a: 2 ** 60 }, 'a'),
      () => amount({ a: Infinity }, 'a'),
      () => amount({ a: '5' }, 'a'),
      () => truth({ a: 0 }, 'a'),
      () => list({ a: {} }, 'a', 5),
      () => list({ a: [1, 2] }, 'a', 1),
      () => texts({ a: [1] }, 'a', 1),
      () => object([], 'a'),
      () => object(null, 'a'),
      () => object('x', 'a'),
    ]
    for (const read of wrong) assert.throws(read, ProtocolError)
  })

  it('may be absent where they are optional, and are then absent from the message', () => {
    assert.deepEqual(optional({}, 'a', text), {})
    assert.deepEqual(optional({ a: 'x' }, 'a', text), { a: 'x' })
    assert.throws(() => optional({ a: 5 }, 'a', text), ProtocolError)
  })
})
