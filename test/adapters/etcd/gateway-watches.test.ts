import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { encodeText } from '../../../src/adapters/etcd/base64.ts'
import { gatewayWatches } from '../../../src/adapters/etcd/gateway-watches.ts'
import type { WatchAnswer } from '../../../src/adapters/etcd/watch-answer.ts'
import { ScriptedStream } from './scripted-stream.ts'

function watches() {
  const heard = { answers: [] as WatchAnswer[], ends: [] as Error[] }
  const listener = {
    onAnswer: (answer: WatchAnswer) => void heard.answers.push(answer),
    onEnd: (error: Error) => void heard.ends.push(error),
  }
  let stream: ScriptedStream | undefined
  const open = (path: string, on: ConstructorParameters<typeof ScriptedStream>[1]) =>
    (stream = new ScriptedStream(path, on))
  const made = gatewayWatches('etcd', open, listener)
  return { heard, watches: made, stream: stream as unknown as ScriptedStream }
}

const USUAL = { revision: 9, watchId: 0, isCreated: false, isCancelled: false, reason: '', compactedRevision: 0 }
const header = { cluster_id: '1', member_id: '2', revision: '9', raft_term: '3' }

describe('Watches by the gateway', () => {
  it('tell of changes, several together as well as one by one', () => {
    const { heard, stream } = watches()
    const put = {
      key: encodeText('/a/🪢'),
      create_revision: '3',
      mod_revision: '8',
      version: '2',
      value: encodeText('绳子'),
    }
    const deletion = { type: 'DELETE', kv: { key: encodeText('/b'), mod_revision: '9' } }
    stream.say({ result: { header, watch_id: '5', events: [{ kv: put }, deletion] } }, { result: { header } })
    assert.deepEqual(heard.answers, [
      {
        ...USUAL,
        watchId: 5,
        events: [
          { isDeletion: false, key: '/a/🪢', value: '绳子', revision: 8 },
          { isDeletion: true, key: '/b', value: '', revision: 9 },
        ],
      },
      { ...USUAL, events: [] },
    ])
  })

  it('tell how a question was answered', () => {
    const { heard, stream } = watches()
    stream.say(
      { result: { header, watch_id: '1', created: true } },
      { result: { header, watch_id: '-1', created: true, canceled: true, cancel_reason: 'no' } },
      { result: { header, watch_id: '1', canceled: true, compact_revision: '7' } },
    )
    assert.deepEqual(heard.answers, [
      { ...USUAL, watchId: 1, isCreated: true, events: [] },
      { ...USUAL, watchId: -1, isCreated: true, isCancelled: true, reason: 'no', events: [] },
      { ...USUAL, watchId: 1, isCancelled: true, compactedRevision: 7, events: [] },
    ])
  })

  it('ask line by line, and end with what etcd says of it', () => {
    const { heard, watches: on, stream } = watches()
    on.send([{ progress_request: {} }, { cancel_request: { watch_id: '3' } }])
    assert.equal(stream.path, '/v3/watch')
    assert.deepEqual(stream.sent, [{ progress_request: {} }, { cancel_request: { watch_id: '3' } }])
    stream.say({ error: { grpc_code: 14, code: 14, message: 'etcdserver: no leader' } })
    assert.match(String(heard.ends[0]), /no leader/)
    on.end(new Error('again'))
    assert.equal(heard.ends.length, 1)
  })
})
