import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { LoneMessage } from '../../src/protocol/lone-message.ts'

const PING = new LoneMessage('ping')

describe('LoneMessage', () => {
  it('is written as JSON would write it, and known again', () => {
    fc.assert(
      fc.property(fc.nat(), seq => {
        assert.equal(PING.encode(seq), JSON.stringify({ type: 'ping', seq }))
        assert.equal(PING.seqOf(`[${PING.encode(seq)}]`), seq)
      }),
    )
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
      '[{"type":"ping","seq":1},{"type":"ping","seq":2}]',
      '[{"type":"ping","seq":9999999999999999}]',
    ]
    for (const other of others) assert.equal(PING.seqOf(other), undefined)
  })
})
