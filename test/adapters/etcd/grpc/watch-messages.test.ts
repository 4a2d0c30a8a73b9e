import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { encodeText } from '../../../../src/adapters/etcd/base64.ts'
import { bytesField, numberField } from '../../../../src/adapters/etcd/grpc/protobuf-fields.ts'
import { decodeAnswer, encodeQuestion } from '../../../../src/adapters/etcd/grpc/watch-messages.ts'
import type { WatchAnswer, WatchEvent } from '../../../../src/adapters/etcd/watch-answer.ts'

const NUMBER = fc.maxSafeNat()
const TEXT = fc.string({ unit: 'binary' })
const EVENT: fc.Arbitrary<WatchEvent> = fc.record({
  isDeletion: fc.boolean(),
  key: TEXT,
  value: TEXT,
  revision: NUMBER,
})
const ANSWER: fc.Arbitrary<WatchAnswer> = fc.record({
  revision: NUMBER,
  watchId: NUMBER,
  isCreated: fc.boolean(),
  isCancelled: fc.boolean(),
  reason: TEXT,
  compactedRevision: NUMBER,
  events: fc.array(EVENT, { maxLength: 3 }),
})

const text = (field: number, value: string) => (value === '' ? [] : bytesField(field, Buffer.from(value)))
const number = (field: number, value: number) => (value === 0 ? [] : numberField(field, value))

/** An answer as etcd writes it: without what has its default, and with fields that are not read. */
function encoded({
  revision,
  watchId,
  isCreated,
  isCancelled,
  reason,
  compactedRevision,
  events,
}: WatchAnswer): Buffer {
  return Buffer.from([
    ...bytesField(1, [...numberField(1, 2 ** 60), ...numberField(2, 2 ** 61), ...number(3, revision), ...number(4, 7)]),
    ...number(2, watchId),
    ...number(3, Number(isCreated)),
    ...number(4, Number(isCancelled)),
    ...number(5, compactedRevision),
    ...text(6, reason),
    ...events.flatMap(event => bytesField(11, encodedEvent(event))),
    ...text(99, 'a later etcd may say more'),
  ])
}

function encodedEvent({ isDeletion, key, value, revision }: WatchEvent): number[] {
  const pair = [
    ...text(1, key),
    ...number(2, 5),
    ...number(3, revision),
    ...number(4, 6),
    ...text(5, value),
    ...number(6, 8),
  ]
  return [...number(1, Number(isDeletion)), ...bytesField(2, pair)]
}

describe('Messages of watches by gRPC', () => {
  it('say what etcd has said', () => {
    fc.assert(
      fc.property(ANSWER, answer => {
        const bytes = encoded(answer)
        const events = answer.events.map(event => ({ ...event }))
        assert.deepEqual(decodeAnswer({ bytes, start: 0, end: bytes.length }), { ...answer, events })
      }),
    )
  })

  it('ask in the form that etcd understands', () => {
    const question = { key: encodeText('a'), range_end: encodeText('b'), start_revision: '300', watch_id: '5' }
    assert.deepEqual(
      [{ create_request: question }, { cancel_request: { watch_id: '5' } }, { progress_request: {} }].map(one =>
        Buffer.from(encodeQuestion(one)).toString('hex'),
      ),
      ['0a0b0a016112016218ac023805', '12020805', '1a00'],
    )
  })
})
