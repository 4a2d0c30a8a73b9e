import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { bytesField, numberField } from '../../../../src/adapters/etcd/grpc/protobuf-fields.ts'
import { ProtobufReader } from '../../../../src/adapters/etcd/grpc/protobuf-reader.ts'

const NUMBER = fc.maxSafeNat()
const FIELD = fc.integer({ min: 1, max: 2 ** 29 - 1 })

function read(bytes: Buffer, { start = 0, end = bytes.length } = {}): Array<[field: number, value: number | string]> {
  const found: Array<[number, number | string]> = []
  const fields = new ProtobufReader(bytes, start, end)
  // Of a number there is no place.
  for (fields.start = -1; fields.next(); fields.start = -1) {
    found.push([fields.field, fields.start < 0 ? fields.number : fields.text()])
  }
  return found
}

describe('ProtobufReader', () => {
  it('reads fields with numbers and texts as they were written', () => {
    const value = fc.oneof(NUMBER, fc.string({ unit: 'grapheme' }))
    fc.assert(
      fc.property(fc.array(fc.tuple(FIELD, value)), fields => {
        const message = fields.flatMap(([field, said]) =>
          typeof said === 'number' ? numberField(field, said) : bytesField(field, Buffer.from(said)),
        )
        const bytes = Buffer.from([1, 2, 3, ...message, 4])
        assert.deepEqual(read(bytes, { start: 3, end: bytes.length - 1 }), fields)
      }),
    )
  })

  it('reads a message in a message', () => {
    const bytes = Buffer.from(bytesField(2, bytesField(3, numberField(4, 300))))
    const outer = new ProtobufReader(bytes, 0, bytes.length)
    assert.equal(outer.next(), true)
    const inner = outer.message()
    assert.equal(inner.next(), true)
    const innermost = inner.message()
    assert.deepEqual([innermost.next(), innermost.number, inner.next(), outer.next()], [true, 300, false, false])
  })

  it('passes over numbers of a fixed length', () => {
    assert.deepEqual(read(Buffer.from('0901020304050607080d010203041801', 'hex')).at(-1), [3, 1])
  })

  it('refuses what breaks off, and what is no such message', () => {
    for (const bytes of ['0a05', '0a05616263', '08', '08ff', '0b', '0d0102']) {
      assert.throws(() => read(Buffer.from(bytes, 'hex')), RangeError, bytes)
    }
  })

  it('refuses a number that does not end', () => {
    assert.throws(() => read(Buffer.alloc(1_000, 0x80)), /too long/)
    assert.throws(() => read(Buffer.from(`08${'ff'.repeat(10)}01`, 'hex')), /too long/)
    assert.deepEqual(read(Buffer.from(`08${'ff'.repeat(9)}01`, 'hex')), [[1, 2 ** 64]])
  })
})
