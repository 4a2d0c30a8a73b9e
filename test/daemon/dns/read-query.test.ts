import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { readQuery } from '../../../src/daemon/dns/read-query.ts'
import { queryFor } from './queries.ts'

/** `message` with a byte changed. */
function withByte(message: Buffer, at: number, value: number): Buffer {
  const changed = Buffer.from(message)
  changed[at] = value
  return changed
}

const message = queryFor('Web.service.consul', 'SRV', { id: 7, payloadBytes: 1232 })

describe('readQuery', () => {
  it('reads the name as it was asked, the type, and what EDNS0 says', () => {
    const read = readQuery(message)
    assert.ok(read.kind === 'query')
    const { question, ...query } = read.query
    assert.deepEqual(query, {
      id: 7,
      recursionDesired: true,
      labels: ['Web', 'service', 'consul'],
      type: 33,
      class: 1,
      edns: { payloadBytes: 1232, version: 0 },
    })
    assert.deepEqual(question, message.subarray(12, 12 + 24))
  })

  it('gives nothing for what is shorter than a header, and for answers', () => {
    assert.equal(readQuery(message.subarray(0, 11)).kind, 'nothing')
    assert.equal(readQuery(withByte(message, 2, 0x81)).kind, 'nothing')
  })

  it('does not implement other operations', () => {
    assert.deepEqual(readQuery(withByte(message, 2, 5 << 3)), { kind: 'refused', id: 7, opcode: 5, code: 4 })
  })

  it('refuses what is not one question with a whole name without pointers', () => {
    const malformed = [
      withByte(message, 5, 2),
      withByte(message, 7, 1),
      withByte(message, 12, 0xc0),
      withByte(message, 12, 64),
      withByte(message, 12, 63),
      message.subarray(0, 20),
      message.subarray(0, 34),
      message.subarray(0, -1),
      Buffer.concat([
        message.subarray(0, 12),
        Buffer.from(`\x3f${'a'.repeat(63)}`.repeat(4), 'latin1'),
        Buffer.alloc(5),
      ]),
    ]
    for (const bytes of malformed) assert.deepEqual(readQuery(bytes), { kind: 'refused', id: 7, opcode: 0, code: 1 })
  })

  it('refuses two OPT records, and one that has a name', () => {
    const opt = message.subarray(36)
    const twice = withByte(Buffer.concat([message, opt]), 11, 2)
    assert.equal(readQuery(twice).kind, 'refused')
    const named = Buffer.concat([message.subarray(0, 36), Buffer.from([0xc0, 12]), opt.subarray(1)])
    assert.equal(readQuery(named).kind, 'refused')
  })

  it('never throws, and answers only what is a query, whatever the bytes are', () => {
    const mutated = fc
      .tuple(fc.nat(message.length - 1), fc.nat(255), fc.nat(message.length))
      .map(([at, value, length]) => withByte(message, at, value).subarray(0, length))
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 600 }), mutated), bytes => {
        const read = readQuery(Buffer.from(bytes))
        if (read.kind !== 'nothing') assert.ok(bytes.length >= 12 && !(bytes[2]! & 0x80))
      }),
      { numRuns: 2_000 },
    )
  })
})
