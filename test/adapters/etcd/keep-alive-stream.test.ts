import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { KeepAliveStream } from '../../../src/adapters/etcd/keep-alive-stream.ts'
import { FakeClock } from '../../../src/testing/fake-clock.ts'
import { ScriptedGateway } from './scripted-stream.ts'

function opened() {
  const clock = new FakeClock()
  const gateway = new ScriptedGateway()
  const stream = new KeepAliveStream({ etcd: 'etcd', open: gateway.open, clock, answerMs: 1_000 })
  return { clock, gateway, stream }
}

const answer = (ID: string, TTL?: string) => ({ result: { ID, TTL } })

describe('KeepAliveStream', () => {
  it('gives each renewal the answer to it', async () => {
    const { clock, gateway, stream } = opened()
    const renewals = ['1', '2', '3'].map(lease => stream.renew(lease))
    await clock.settle()
    assert.deepEqual(gateway.last.sent, [{ ID: '1' }, { ID: '2' }, { ID: '3' }])
    gateway.last.say(answer('1', '5'), answer('2'))
    gateway.last.say(answer('3', '7'))
    assert.deepEqual(await Promise.all(renewals), [5, 0, 7])
  })

  it('ends for all who wait when an answer is overdue, and not before', async () => {
    const { clock, gateway, stream } = opened()
    const first = stream.renew('1')
    await clock.advance(900)
    gateway.last.say(answer('1', '5'))
    assert.equal(await first, 5)
    const others = [stream.renew('2'), stream.renew('3')].map(renewal =>
      assert.rejects(renewal, { code: 'ERR_ETCD_NODE' }),
    )
    await clock.advance(999)
    assert.equal(stream.isOpen, true)
    await clock.advance(1)
    assert.equal(stream.isOpen, false)
    await Promise.all(others)
    assert.ok(gateway.last.ended)
    await assert.rejects(stream.renew('4'), { code: 'ERR_ETCD_NODE' })
  })

  it('waits for nothing when nothing is asked', async () => {
    const { clock, gateway, stream } = opened()
    const renewal = stream.renew('1')
    await clock.settle()
    gateway.last.say(answer('1', '5'))
    await renewal
    await clock.advance(60_000)
    assert.equal(stream.isOpen, true)
  })

  it('ends with the error that etcd ends it with', async () => {
    const { clock, gateway, stream } = opened()
    const renewal = assert.rejects(stream.renew('1'), { code: 'ERR_ETCD_NODE' })
    await clock.settle()
    gateway.last.say({ error: { grpc_code: 14, code: 14, message: 'etcdserver: no leader' } })
    await renewal
  })
})
