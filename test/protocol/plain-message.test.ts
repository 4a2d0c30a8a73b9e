import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { PlainMessage } from '../../src/protocol/plain-message.ts'
import { PROTOCOL_LIMITS } from '../../src/protocol/protocol.ts'

const PING = new PlainMessage('ping')

const seqsIn = (frame: string) => PING.messagesIn(frame)?.map(({ seq }) => seq)
const frameOf = (seqs: readonly number[]) => `[${seqs.map(seq => PING.encode(seq)).join(',')}]`

describe('PlainMessage', () => {
  it('is written as JSON would write it, and known again', () => {
    fc.assert(
      fc.property(fc.nat(), seq => {
        assert.equal(PING.encode(seq), JSON.stringify({ type: 'ping', seq }))
        assert.deepEqual(PING.messagesIn(`[${PING.encode(seq)}]`), [{ type: 'ping', seq }])
      }),
    )
  })

  it('is known where a frame has nothing but such messages, as many as a frame may have', () => {
    fc.assert(fc.property(fc.array(fc.nat(), { minLength: 1 }), seqs => assert.deepEqual(seqsIn(frameOf(seqs)), seqs)))
    const most = Array.from({ length: PROTOCOL_LIMITS.frameMessages }, (_, seq) => seq)
    assert.deepEqual(seqsIn(frameOf(most)), most)
    assert.equal(seqsIn(frameOf([...most, 1])), undefined)
  })

  it('is not taken for anything else', () => {
    const others = [
      '',
      '[]',
      '{"type":"ping","seq":1}',
      '[{"type":"pings","seq":1}]',
      '[{"type":"ping","seq":}]',
      '[{"type":"ping","seq":-1}]',
      '[{"type":"ping","seq":1.5}]',
      '[{"type":"ping","seq":01}]',
      '[{"type":"ping","seq":1e3}]',
      '[{"type":"ping","seq":"1"}]',
      '[{"type":"ping","seq":1,"lagMs":2}]',
      '[{"type":"ping","seq":1},{"type":"pong","seq":2}]',
      '[{"type":"ping","seq":1},[{"type":"ping","seq":2}]',
      '[{"type":"ping","seq":1};{"type":"ping","seq":2}]',
      '[{"type":"ping","seq":1}{"type":"ping","seq":2}]',
      '[{"type":"ping","seq":1},{"type":"ping","seq":2},]',
      '[{"type":"ping","seq":1},{}]',
      '[{"type":"ping","seq":1}',
      '[{"type":"ping","seq":1',
      '[{"type":"ping","seq":00}]',
      '[{"type":"ping","seq":1},]',
      '[{"type":"ping","seq":1}]]',
      '[{"type":"ping","seq":1}},{"type":"ping","seq":2}]',
      '[{"type":"ping","seq":1}x}]',
      '[{"type":"ping","seq":9999999999999999}]',
    ]
    for (const other of others) assert.equal(PING.messagesIn(other), undefined, other)
  })
})
