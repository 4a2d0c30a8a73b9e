import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { ByteBudget } from '../../../src/core/byte-budget.ts'
import { controlFrame, type Role, textFrame } from '../../../src/protocol/web-socket/encode-frame.ts'
import { FrameDecoder } from '../../../src/protocol/web-socket/frame-decoder.ts'

/** A decoder, and what it has found: texts, `[opcode, payload]`, `[code]` of what was broken. */
interface Decoding {
  readonly from?: Role
  readonly messageBytesMax?: number
  readonly budget?: ByteBudget
}

function decoding({ from = 'server', messageBytesMax = 1_000_000, budget }: Decoding = {}) {
  const found: unknown[] = []
  const decoder = new FrameDecoder({
    from,
    messageBytesMax,
    budget,
    listener: {
      onText: text => found.push(text),
      onControl: (opcode, payload) => found.push([opcode, payload.toString()]),
      onBroken: code => found.push([code]),
    },
  })
  return { decoder, found }
}

/** A frame from a server with this first byte. */
function raw(first: number, payload: Buffer | string = ''): Buffer {
  const frame = controlFrame(0, Buffer.from(payload), 'server')
  frame[0] = first
  return frame
}

function afterPushing(...frames: Buffer[]): unknown[] {
  const { decoder, found } = decoding()
  for (const frame of frames) decoder.push(frame)
  return found
}

describe('FrameDecoder', () => {
  it('finds every message, however the bytes are cut into pieces', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1 })
    const texts = fc.array(fc.string({ unit: 'binary', maxLength: 300 }).filter(text => text.isWellFormed()))
    fc.assert(
      fc.property(texts, sizes, fc.constantFrom<Role>('client', 'server'), (messages, cuts, from) => {
        const { decoder, found } = decoding({ from })
        const bytes = Buffer.concat(messages.map(message => textFrame(message, from)))
        for (let at = 0, cut = 0; at < bytes.length; cut++) {
          const size = cuts[cut % cuts.length] as number
          decoder.push(Buffer.from(bytes.subarray(at, at + size)))
          at += size
        }
        assert.deepEqual(found, messages)
      }),
    )
  })

  it('puts fragments together, with control frames between them', () => {
    const found = afterPushing(raw(0x01, 'on'), raw(0x89, '?'), raw(0x00), raw(0x80, 'e'), raw(0x81, 'two'))
    assert.deepEqual(found, [[0x9, '?'], 'one', 'two'])
  })

  it('takes a text that has the character for what cannot be read', () => {
    assert.deepEqual(afterPushing(raw(0x81, 'what? \ufffd'), raw(0x81, 'after')), ['what? \ufffd', 'after'])
  })

  it('takes of what all share for a long message until it is whole, and finds nothing any more where there is not as much', () => {
    const budget = new ByteBudget(100_000)
    const [one, other] = [decoding({ budget }), decoding({ budget })]
    const long = textFrame('x'.repeat(70_000), 'server')
    const [head, tail] = [long.subarray(0, 60_000), long.subarray(60_000)]
    one.decoder.push(Buffer.from(head))
    other.decoder.push(Buffer.from(long.subarray(0, 15_000)))
    assert.deepEqual(other.found, [])
    other.decoder.push(Buffer.from(long.subarray(15_000, 60_000)))
    assert.deepEqual(other.found, [[1008]])
    one.decoder.push(Buffer.from(tail))
    assert.equal(one.found.length, 1)
    one.decoder.push(Buffer.from(head))
    one.decoder.stop()
    assert.ok(budget.take(100_000))
  })

  it('finds nothing after a close frame', () => {
    assert.deepEqual(afterPushing(raw(0x88), raw(0x81, 'late')), [[0x8, '']])
  })

  it('does not keep the bytes it was given', () => {
    const { decoder, found } = decoding()
    const bytes = textFrame('one', 'server')
    const place = Buffer.from(bytes.subarray(0, 4))
    decoder.push(place)
    place.fill(0)
    decoder.push(bytes.subarray(4))
    assert.deepEqual(found, ['one'])
  })

  it('takes messages up to the limit, in one frame or many, and no longer ones', () => {
    const { decoder, found } = decoding({ messageBytesMax: 10 })
    decoder.push(raw(0x81, 'x'.repeat(10)))
    decoder.push(Buffer.concat([raw(0x01, 'x'.repeat(6)), raw(0x80, 'x'.repeat(5))]))
    assert.deepEqual(found, ['x'.repeat(10), [1009]])
  })

  it('refuses a long message by its head, before it has come', () => {
    assert.deepEqual(afterPushing(Buffer.from('817fffffffffffffffff', 'hex')), [[1009]])
    assert.deepEqual(afterPushing(Buffer.from('817f0000000010000000', 'hex')), [[1009]])
  })

  it('refuses more fragments than any honest side makes', () => {
    const { decoder, found } = decoding()
    decoder.push(raw(0x01))
    for (let i = 0; i < 10_000; i++) decoder.push(raw(0x00))
    assert.deepEqual(found, [[1008]])
  })

  const broken: readonly [string, Buffer, number][] = [
    ['a bit of an extension', raw(0xc1, 'x'), 1002],
    ['an unknown kind', raw(0x83), 1002],
    ['an unknown control frame', raw(0x8b), 1002],
    ['a binary message', raw(0x82, 'x'), 1003],
    ['text that is not UTF-8', raw(0x81, Buffer.from([0xc3, 0x28])), 1007],
    ['text in pieces that is not UTF-8', Buffer.concat([raw(0x01, 'x'), raw(0x80, Buffer.from([0xff]))]), 1007],
    ['a continuation of nothing', raw(0x80, 'x'), 1002],
    ['a message inside a message', Buffer.concat([raw(0x01, 'x'), raw(0x81, 'y')]), 1002],
    ['a control frame in pieces', raw(0x09, 'x'), 1002],
    ['a control frame that is too long', Buffer.concat([Buffer.from([0x89, 126, 0, 126]), Buffer.alloc(126)]), 1002],
    ['a close frame with half a code', raw(0x88, 'x'), 1002],
    ['a close frame with a code that is none', raw(0x88, Buffer.from([0x03, 0xee])), 1002],
    ['a reason that is not UTF-8', raw(0x88, Buffer.from([0x03, 0xe8, 0xff])), 1007],
    ['a masked frame from a server', textFrame('x', 'client'), 1002],
  ]
  for (const [what, bytes, code] of broken) {
    it(`refuses ${what}, and what follows is not looked at`, () => {
      assert.deepEqual(afterPushing(bytes, raw(0x81, 'later')), [[code]])
    })
  }

  it('refuses a frame from a client that is not masked', () => {
    const { decoder, found } = decoding({ from: 'client' })
    decoder.push(raw(0x81, 'x'))
    assert.deepEqual(found, [[1002]])
  })

  it('comes to an end with whatever bytes, and says at most once that they are broken', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 40 })), chunks => {
        const { decoder, found } = decoding({ messageBytesMax: 100 })
        for (const chunk of chunks) decoder.push(Buffer.from(chunk))
        assert.ok(found.filter(one => Array.isArray(one) && one.length === 1).length <= 1)
      }),
    )
  })
})
