import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import type { ClientMessage } from '../../src/protocol/client-message.ts'
import { decodeClientFrame } from '../../src/protocol/decode-client-frame.ts'
import { ProtocolError } from '../../src/protocol/errors.ts'

const key = { service: 'users', id: 'a' }
const messages: ClientMessage[] = [
  {
    type: 'hello',
    protocol: 1,
    session: '0123456789abcdef',
    client: { name: 'x', pid: 1, host: 'h' },
    held: [key],
  },
  { type: 'register', seq: 1, service: 'users', instance: { id: 'a', endpoints: [], startedAt: 0 }, ttlMs: 0.5 },
  { type: 'update', seq: 2, ...key, changes: { weight: 3 } },
  { type: 'drain', seq: 3, ...key, drainMs: 5 },
  { type: 'revoke', seq: 4, ...key },
  { type: 'renew', seq: 5 },
  { type: 'renew', seq: 5, lagMs: 1.5 },
  { type: 'watch', service: 'users' },
  { type: 'watch', service: 'users', epoch: 'e', revision: 5 },
  { type: 'unwatch', service: 'users' },
  { type: 'ack', service: 'users', revision: 5 },
  { type: 'watch-names' },
  { type: 'unwatch-names' },
  { type: 'bye' },
]

describe('decodeClientFrame', () => {
  it('reads every message there is', () => {
    assert.deepEqual(decodeClientFrame(JSON.stringify(messages)), messages)
  })

  it('leaves out fields it does not know', () => {
    assert.deepEqual(decodeClientFrame('[{"type":"bye","since":"version 2"}]'), [{ type: 'bye' }])
  })

  it('refuses types it does not know, those of Object among them', () => {
    for (const type of ['welcome', 'toString', '__proto__', '']) {
      assert.throws(() => decodeClientFrame(JSON.stringify([{ type }])), ProtocolError)
    }
  })

  it('refuses a message that lacks a field, or has it of another kind', () => {
    for (const message of messages) {
      for (const field of Object.keys(message).filter(name => !['epoch', 'revision', 'lagMs'].includes(name))) {
        for (const value of [undefined, null, { nested: true }, [[1]], false]) {
          if (
            typeof value === 'object' &&
            value !== null &&
            !Array.isArray(value) &&
            ['instance', 'changes'].includes(field)
          ) {
            continue
          }
          const frame = JSON.stringify([{ ...message, [field]: value }])
          assert.throws(
            () => decodeClientFrame(frame),
            ProtocolError,
            `${message.type}.${field} = ${JSON.stringify(value)}`,
          )
        }
      }
    }
  })

  it('refuses a session id too short to be one', () => {
    assert.throws(() => decodeClientFrame(JSON.stringify([{ ...messages[0], session: 'short' }])), ProtocolError)
  })

  it('throws nothing but ProtocolError, whatever it is given', () => {
    const anything = fc.oneof(
      fc.string(),
      fc.json(),
      fc.json().map(json => `[${json}]`),
      mangled,
    )
    fc.assert(
      fc.property(anything, frame => {
        try {
          decodeClientFrame(frame)
        } catch (error) {
          assert.ok(error instanceof ProtocolError, String(error))
        }
      }),
      { numRuns: 500 },
    )
  })
})

/** A true message with one field made anything. */
const mangled = fc
  .record({ message: fc.constantFrom(...messages), field: fc.nat({ max: 6 }), value: fc.jsonValue() })
  .map(({ message, field, value }) => {
    const name = Object.keys(message)[field % Object.keys(message).length] ?? 'type'
    return JSON.stringify([{ ...message, [name]: value }])
  })
