import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { EtcdTokenError } from '../../../src/adapters/etcd/errors.ts'
import { keysBelow } from '../../../src/adapters/etcd/key-range.ts'
import { Watches } from '../../../src/adapters/etcd/watches.ts'
import type { Clock } from '../../../src/core/clock.ts'
import { FakeClock } from '../../../src/testing/fake-clock.ts'
import { ScriptedWatches } from './scripted-watches.ts'

function watches() {
  const clock = new FakeClock()
  const gateway = new ScriptedWatches()
  const tokens: string[] = []
  const forgetToken = () => void tokens.push('forgotten')
  const made = new Watches({ etcd: 'etcd', open: gateway.open, forgetToken, clock, progressMs: 1_000 })
  return { clock, gateway, tokens, watches: made }
}

/** Watches a prefix from a revision on, and keeps what it hears. */
function watch(on: Watches, prefix: string, fromRevision = 5) {
  const heard: number[] = []
  const errors: unknown[] = []
  const stop = on.add(
    { range: keysBelow(prefix), fromRevision },
    {
      onEvents: (_, revision) => void heard.push(revision),
      onEnd: error => void errors.push((error as never)['code']),
    },
  )
  return { heard, errors, stop }
}

const created = (watchId: number) => ({ watchId, isCreated: true })
const changed = (watchId: number, revision: number) => ({
  revision,
  watchId,
  events: [{ isDeletion: false, key: 'a', value: '', revision }],
})
const refused = (reason: string) => ({ watchId: -1, isCreated: true, isCancelled: true, reason })

describe('WatchStream', () => {
  it('carries all watches and tells each of its own changes', async () => {
    const { clock, gateway, watches: on } = watches()
    const [one, other] = [watch(on, '/a/'), watch(on, '/b/')]
    await clock.settle()
    assert.equal(gateway.streams.length, 1)
    gateway.last.say(created(1), created(2), changed(2, 10), changed(1, 11))
    assert.deepEqual([one.heard, other.heard], [[11], [10]])
  })

  it('takes the answer without a number for that to the question that was asked first', async () => {
    const { clock, gateway, watches: on } = watches()
    const [one, other] = [watch(on, '/a/'), watch(on, '/b/')]
    await clock.settle()
    gateway.last.say(refused('rpc error: code = PermissionDenied desc = etcdserver: permission denied'), created(2))
    assert.deepEqual([one.errors, other.errors], [['ERR_ETCD_ACCESS'], []])
  })

  it('opens another stream for those to come when its token is not taken any more, and goes on itself', async () => {
    const { clock, gateway, tokens, watches: on } = watches()
    const one = watch(on, '/a/')
    await clock.settle()
    gateway.last.say(created(1))
    const other = watch(on, '/b/')
    gateway.last.say(refused('rpc error: code = Unauthenticated desc = etcdserver: invalid auth token'))
    assert.deepEqual([other.errors, tokens], [['ERR_ETCD_TOKEN'], ['forgotten']])
    watch(on, '/b/')
    await clock.settle()
    assert.equal(gateway.streams.length, 2)
    gateway.streams[0]?.say(changed(1, 10))
    assert.deepEqual([one.heard, one.errors], [[10], []])
  })

  it('does not take it for silence of etcd when it was the process that stood still', async () => {
    const fake = new FakeClock()
    let stoodMs = 0
    const clock: Clock = {
      now: () => fake.now() + stoodMs,
      wallTime: () => fake.wallTime() + stoodMs,
      schedule: (delayMs, callback) => fake.schedule(delayMs, callback),
    }
    const gateway = new ScriptedWatches()
    const on = new Watches({ etcd: 'etcd', open: gateway.open, forgetToken: () => {}, clock, progressMs: 1_000 })
    const { errors } = watch(on, '/a/')
    await fake.settle()
    gateway.last.say(created(1))
    await fake.advance(1_000)
    stoodMs = 500
    await fake.advance(1_000)
    gateway.last.say({ watchId: -1 })
    await fake.advance(500)
    assert.deepEqual(errors, [])
    await fake.advance(1_000)
    assert.deepEqual(errors, ['ERR_ETCD_NODE'])
  })

  it('has the token forgotten when the whole stream is refused for it', async () => {
    const { clock, gateway, tokens, watches: on } = watches()
    const { errors } = watch(on, '/a/')
    await clock.settle()
    gateway.last.end(new EtcdTokenError('etcd', 'invalid auth token'))
    assert.deepEqual([errors, tokens], [['ERR_ETCD_TOKEN'], ['forgotten']])
  })

  it('ends every watch when nothing comes between two looks, though it asked for it', async () => {
    const { clock, gateway, watches: on } = watches()
    const { errors } = watch(on, '/a/')
    await clock.settle()
    gateway.last.say(created(1))
    for (let look = 0; look < 3; look++) {
      await clock.advance(1_000)
      assert.deepEqual(gateway.last.sent.at(-1), { progress_request: {} })
      gateway.last.say({ watchId: -1 })
    }
    await clock.advance(2_000)
    assert.deepEqual(errors, ['ERR_ETCD_NODE'])
    assert.ok(gateway.last.ended)
  })

  it('is closed when nobody watches for a while', async () => {
    const { clock, gateway, watches: on } = watches()
    const { stop, errors } = watch(on, '/a/')
    await clock.settle()
    gateway.last.say(created(1))
    stop()
    await clock.settle()
    assert.deepEqual(gateway.last.sent.at(-1), { cancel_request: { watch_id: '1' } })
    gateway.last.say(changed(1, 10))
    await clock.advance(1_000)
    assert.ok(gateway.last.ended)
    assert.deepEqual(errors, [])
  })

  it('tells of what was compacted, and of a revision that etcd has not got to', async () => {
    const { clock, gateway, watches: on } = watches()
    const [one, other] = [watch(on, '/a/'), watch(on, '/b/', 99)]
    await clock.settle()
    gateway.last.say(created(1), created(2))
    gateway.last.say({ revision: 0, watchId: 1, isCancelled: true, compactedRevision: 7 })
    assert.deepEqual([one.errors, other.errors], [['ERR_ETCD_COMPACTED'], ['ERR_ETCD_NODE']])
  })

  it('tells whoever watches after the end that it has ended', async () => {
    const { clock, watches: on } = watches()
    on.close(new Error('closed'))
    const { errors } = watch(on, '/a/')
    await clock.settle()
    assert.equal(errors.length, 1)
  })
})
