import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import type { StreamAnswer, WatchAnswer } from '../../../src/adapters/etcd/messages.ts'
import { watchMessagesIn } from '../../../src/adapters/etcd/watch-messages.ts'

const number = fc.bigInt({ min: 1n, max: 2n ** 63n - 1n }).map(String)
const base64 = fc.string({ unit: 'binary', minLength: 1 }).map(text => Buffer.from(text).toString('base64'))
const header = { cluster_id: number, member_id: number, revision: number, raft_term: number }

const KEY_VALUE = fc.record(
  { key: base64, create_revision: number, mod_revision: number, version: number, value: base64, lease: number },
  { requiredKeys: ['key', 'mod_revision'] },
)
const EVENT = fc.record({ type: fc.constant('DELETE' as const), kv: KEY_VALUE }, { requiredKeys: ['kv'] })
const CHANGES = fc.record({
  result: fc.record(
    { header: fc.record(header), watch_id: number, events: fc.array(EVENT, { minLength: 1, maxLength: 3 }) },
    { requiredKeys: ['header', 'events'] },
  ),
})

/** Whatever else there is, and what only looks like changes. */
const OTHERS = fc.oneof(
  fc.record({ result: fc.record({ header: fc.record(header), watch_id: number, created: fc.constant(true) }) }),
  fc.record({
    result: fc.record({ header: fc.record(header), canceled: fc.constant(true), cancel_reason: fc.string() }),
  }),
  fc.record({ error: fc.record({ code: fc.nat(16), message: fc.string() }) }),
  fc.record({ result: fc.record({ header: fc.record(header), fragment: fc.boolean(), events: fc.array(EVENT) }) }),
  fc.record({ result: fc.record({ events: fc.array(EVENT), watch_id: number, header: fc.record(header) }) }),
)

/** What a watch reads of a message. */
function read(message: StreamAnswer<WatchAnswer>): unknown {
  if ('error' in message) return message
  const { header: answered, events, ...rest } = message.result
  const seen = events?.map(({ type, kv: { key, mod_revision: revision, value = '' } }) => ({
    type,
    key,
    revision,
    value,
  }))
  return { ...rest, revision: answered.revision, events: seen }
}

describe('watchMessagesIn', () => {
  it('reads what JSON.parse reads, changes and all else, however many come together', () => {
    const messages = fc.array(fc.oneof(CHANGES, OTHERS), { maxLength: 5 })
    fc.assert(
      fc.property(messages, fc.boolean(), (sent, spaced) => {
        const texts = sent.map(message => JSON.stringify(message, undefined, spaced ? ' ' : '').replaceAll('\n', ''))
        const heard = watchMessagesIn(texts.map(text => `${text}\n`).join(''))
        assert.deepEqual(
          heard.map(read),
          texts.map(text => read(JSON.parse(text) as StreamAnswer<WatchAnswer>)),
        )
      }),
    )
  })

  it('reads a text with an escape as what it says', () => {
    const [message] = watchMessagesIn(
      '{"result":{"header":{"cluster_id":"1","member_id":"2","revision":"3","raft_term":"4"},"events":[{"kv":{"key":"YQ\\u003d=","mod_revision":"3"}}]}}\n',
    )
    assert.deepEqual(read(message as never), {
      revision: '3',
      events: [{ type: undefined, key: 'YQ==', revision: '3', value: '' }],
    })
  })

  it('makes nothing of a usual message but what a watch reads', () => {
    const head = '{"cluster_id":"1","member_id":"2","revision":"3","raft_term":"4"}'
    const [put, deletion] = watchMessagesIn(
      `{"result":{"header":${head},"watch_id":"5","events":[{"kv":{"key":"YQ==","create_revision":"3","mod_revision":"3","version":"1","value":"Yg==","lease":"6"}}]}}\n` +
        `{"result":{"header":${head},"events":[{"type":"DELETE","kv":{"key":"YQ==","mod_revision":"3"}}]}}\n`,
    )
    const kv = { key: 'YQ==', mod_revision: '3' }
    assert.deepEqual(put, {
      result: { header: { revision: '3' }, watch_id: '5', events: [{ kv: { ...kv, value: 'Yg==' } }] },
    })
    assert.deepEqual(deletion, {
      result: { header: { revision: '3' }, events: [{ type: 'DELETE', kv: { ...kv, value: '' } }] },
    })
  })

  it('throws at what is no JSON', () => {
    assert.throws(() => watchMessagesIn('{"result":{"header"\n'), SyntaxError)
  })
})
