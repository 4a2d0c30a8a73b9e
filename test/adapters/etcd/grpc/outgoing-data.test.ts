import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { FrameReader } from '../../../../src/adapters/etcd/grpc/frame-reader.ts'
import { OutgoingData } from '../../../../src/adapters/etcd/grpc/outgoing-data.ts'

/** The lengths of the frames that may be sent now. */
function lengths(outgoing: OutgoingData): number[] {
  const reader = new FrameReader()
  const found: number[] = []
  reader.add(outgoing.take())
  while (reader.next()) found.push(reader.end - reader.start)
  return found
}

describe('OutgoingData', () => {
  it('goes out in frames that are not too long, as far as there is room on the stream and on the connection', () => {
    const outgoing = new OutgoingData(1)
    outgoing.add(Buffer.alloc(40_000))
    outgoing.add(Buffer.alloc(40_000))
    assert.deepEqual(lengths(outgoing), [16_384, 16_384, 16_384, 16_383])
    outgoing.widen(1, 10_000)
    outgoing.widen(3, 10_000)
    assert.deepEqual(lengths(outgoing), [])
    outgoing.widen(0, 4_000)
    assert.deepEqual(lengths(outgoing), [4_000])
    outgoing.widen(0, 90_000)
    assert.deepEqual(lengths(outgoing), [6_000])
    outgoing.resize(65_535 + 90_000)
    assert.deepEqual(lengths(outgoing), [4_465])
    assert.deepEqual(lengths(outgoing), [])
  })

  it('waits while the other side has less room than it has sent', () => {
    const outgoing = new OutgoingData(1)
    outgoing.add(Buffer.alloc(1_000))
    assert.deepEqual(lengths(outgoing), [1_000])
    outgoing.resize(500)
    outgoing.add(Buffer.alloc(100))
    assert.deepEqual(lengths(outgoing), [])
    outgoing.widen(1, 550)
    assert.deepEqual(lengths(outgoing), [50])
  })

  it('keeps the bytes in their order', () => {
    const outgoing = new OutgoingData(1)
    outgoing.add(Buffer.from('ab'))
    outgoing.add(Buffer.from('cd'))
    assert.equal(outgoing.take().toString('latin1', 9), 'abcd')
  })
})
