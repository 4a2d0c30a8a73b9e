import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { decode, encode } from 'dns-packet'
import * as fc from 'fast-check'
import { decodeMessage, encodeQuery } from '../../../src/adapters/dns/message.ts'
import { address, soa, srv } from './name-server.ts'

describe('decodeMessage', () => {
  it('reads what another implementation wrote', () => {
    const bytes = encode({
      type: 'response',
      id: 7,
      flags: 0x02_03,
      questions: [{ name: 'Users.Test', type: 'SRV' }],
      answers: [
        srv('Users.Test', 'H1.Test', { port: 80, weight: 3, priority: 2, ttl: 9 }),
        { type: 'TXT', name: 'x', data: 'y' },
      ],
      authorities: [soa('test', 5)],
      additionals: [address('h1.test', '10.0.0.1'), address('h1.test', '2001:db8::a')],
    })
    assert.deepEqual(decodeMessage(bytes), {
      id: 7,
      code: 3,
      truncated: true,
      question: 'users.test',
      answers: [{ name: 'users.test', ttlMs: 9_000, type: 'SRV', priority: 2, weight: 3, port: 80, target: 'h1.test' }],
      authorities: [{ name: 'test', ttlMs: 3_600_000, type: 'SOA', minimumMs: 5_000 }],
      additionals: [
        { name: 'h1.test', ttlMs: 1_000, type: 'A', address: '10.0.0.1' },
        { name: 'h1.test', ttlMs: 1_000, type: 'AAAA', address: '2001:db8:0:0:0:0:0:a' },
      ],
    })
  })

  it('throws a RangeError, and never runs for ever, for whatever else it is given', () => {
    const whole = encode({
      type: 'response',
      id: 7,
      questions: [{ name: 'users.test', type: 'SRV' }],
      answers: [srv('users.test', 'h.test', { port: 1 })],
    })
    const damaged = fc
      .tuple(fc.nat({ max: whole.length - 1 }), fc.nat({ max: 255 }), fc.nat({ max: whole.length }))
      .map(([at, byte, length]) => {
        const bytes = Buffer.from(whole)
        bytes[at] = byte
        return bytes.subarray(0, length)
      })
    fc.assert(
      fc.property(fc.oneof(damaged, fc.uint8Array({ maxLength: 64 })), bytes => {
        try {
          decodeMessage(Buffer.from(bytes))
        } catch (error) {
          assert.ok(error instanceof RangeError, String(error))
        }
      }),
      { numRuns: 2_000 },
    )
    const circle = Buffer.from([0, 1, 0x80, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0xc0, 12])
    assert.throws(() => decodeMessage(circle), /no end/)
  })
})

describe('encodeQuery', () => {
  it('writes what another implementation reads, with room for a large answer', () => {
    const { id, questions, additionals } = decode(encodeQuery(7, 'users.test', { type: 'AAAA', answerBytes: 1_232 }))
    assert.deepEqual([id, questions?.[0]?.name, questions?.[0]?.type], [7, 'users.test', 'AAAA'])
    assert.deepEqual(
      additionals?.map(({ type }) => type),
      ['OPT'],
    )
  })

  it('refuses names that are too long', () => {
    const options = { type: 'A', answerBytes: 512 } as const
    assert.throws(() => encodeQuery(1, 'x'.repeat(64), options), RangeError)
    assert.throws(() => encodeQuery(1, Array.from({ length: 50 }, () => 'label').join('.'), options), RangeError)
  })
})
