import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { decodeServerFrame } from '../../src/protocol/decode-server-frame.ts'
import { ProtocolError } from '../../src/protocol/errors.ts'
import type { ServerMessage } from '../../src/protocol/server-message.ts'

const key = { service: 'users', id: 'a' }
const instance = { id: 'a', endpoints: ['tcp://127.0.0.1:1'], startedAt: 0 }
const messages: ServerMessage[] = [
  {
    type: 'welcome',
    protocol: 1,
    epoch: 'e',
    server: { name: 'ropewalk', version: '0' },
    pingMs: 5_000,
    graceMs: 3_000,
    held: [key],
  },
  { type: 'ok', seq: 1 },
  { type: 'drained', seq: 2, report: { acknowledged: false, watchers: 1, missing: ['w'], tookMs: 0.5 } },
  { type: 'error', seq: 3, code: 'ERR_X', message: 'no' },
  { type: 'lost', ...key, cause: 'lapsed' },
  { type: 'set', service: 'users', revision: 5, known: true, settled: false, instances: [instance] },
  { type: 'delta', service: 'users', from: 5, to: 6, known: true, settled: true, put: [instance], gone: ['b'] },
  { type: 'delta', service: 'users', from: 6, to: 7, known: true, settled: true, changed: [{ id: 'a', weight: 2 }] },
  { type: 'delta', service: 'users', from: 6, to: 6, known: true, settled: true },
  { type: 'names', revision: 6, names: ['users'] },
]

describe('decodeServerFrame', () => {
  it('reads every message there is', () => {
    assert.deepEqual(decodeServerFrame(JSON.stringify(messages)), messages)
  })

  it('leaves out messages of types it does not know, for a newer daemon may say more', () => {
    assert.deepEqual(decodeServerFrame('[{"type":"news"},{"type":"ok","seq":1}]'), [{ type: 'ok', seq: 1 }])
  })

  it('refuses a message that lacks a field', () => {
    for (const message of messages) {
      for (const field of Object.keys(message).filter(name => !['put', 'changed', 'gone'].includes(name))) {
        const frame = JSON.stringify([{ ...message, [field]: undefined }])
        assert.throws(() => decodeServerFrame(frame), ProtocolError, `${message.type}.${field}`)
      }
    }
  })

  it('refuses a delta whose lists hold something else', () => {
    const delta = { type: 'delta', service: 'users', from: 5, to: 6, known: true, settled: true }
    for (const lists of [{ put: [1] }, { put: {} }, { changed: [{}] }, { changed: [{ id: 1 }] }, { gone: [1] }]) {
      assert.throws(() => decodeServerFrame(JSON.stringify([{ ...delta, ...lists }])), ProtocolError)
    }
  })

  it('refuses a delta that goes back', () => {
    const delta = { type: 'delta', service: 'users', from: 6, to: 5, known: true, settled: true }
    assert.throws(() => decodeServerFrame(JSON.stringify([delta])), ProtocolError)
  })

  it('throws nothing but ProtocolError, whatever it is given', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.json().map(json => `[${json}]`),
        ),
        frame => {
          try {
            decodeServerFrame(frame)
          } catch (error) {
            assert.ok(error instanceof ProtocolError, String(error))
          }
        },
      ),
      { numRuns: 300 },
    )
  })
})
