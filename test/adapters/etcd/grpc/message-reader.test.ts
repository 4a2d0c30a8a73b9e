import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { messageFrame, MessageReader } from '../../../../src/adapters/etcd/grpc/message-reader.ts'
import { inPieces } from './in-pieces.ts'

/** What a reader makes of bytes that come in pieces which end at these places. */
function read(whole: Buffer, ends: readonly number[] = []): string[] {
  const reader = new MessageReader()
  const messages: string[] = []
  for (const bytes of inPieces(whole, ends)) {
    reader.add(bytes, 0, bytes.length)
    while (reader.next()) messages.push(reader.bytes.toString('hex', reader.start, reader.end))
  }
  return messages
}

describe('MessageReader', () => {
  it('reads the same messages however their bytes come', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 60 })), fc.array(fc.nat(600)), (messages, ends) => {
        const whole = Buffer.concat(messages.map(messageFrame))
        const expected = messages.map(message => Buffer.from(message).toString('hex'))
        assert.deepEqual(read(whole, ends), expected)
        assert.deepEqual(
          read(
            whole,
            Array.from(whole, (_, at) => at),
          ),
          expected,
        )
      }),
    )
  })

  it('refuses what is compressed, and what is too long', () => {
    assert.throws(() => read(Buffer.from('0100000001ff', 'hex')), /compressed/)
    assert.throws(() => read(Buffer.from('00ffffffff00', 'hex')), /longer than/)
    assert.throws(() => read(Buffer.from('00ffffffff00', 'hex'), [2]), /longer than/)
  })
})
