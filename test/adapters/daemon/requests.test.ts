import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Requests } from '../../../src/adapters/daemon/requests.ts'
import { FakeClock } from '../../../src/testing/fake-clock.ts'

const wait = { waitMs: 5_000 }

function requestsOn(clock = new FakeClock()): Requests {
  return new Requests({ clock, late: ({ waitMs }) => new Error(`late after ${waitMs}`) })
}

describe('Requests', () => {
  it('brings each answer to its request, whatever the order', async () => {
    const requests = requestsOn()
    const one = requests.add({ type: 'renew' }, wait)
    const other = requests.add({ type: 'renew' }, wait)
    requests.settle({ type: 'ok', seq: other.message.seq })
    requests.settle({ type: 'ok', seq: one.message.seq })
    assert.equal((await one.answer).seq, one.message.seq)
    assert.equal((await other.answer).seq, other.message.seq)
  })

  it('rejects what the daemon refuses, with its code', async () => {
    const requests = requestsOn()
    const request = requests.add({ type: 'revoke', service: 'users', id: 'u1' }, wait)
    requests.settle({ type: 'error', seq: request.message.seq, code: 'ERR_JOURNAL', message: 'disk full' })
    await assert.rejects(request.answer, { code: 'ERR_REGISTRY_REFUSED', daemonCode: 'ERR_JOURNAL' })
  })

  it('keeps what has no answer, in order, until it is forgotten', () => {
    const requests = requestsOn()
    const first = requests.add({ type: 'renew' }, wait)
    const second = requests.add({ type: 'renew' }, wait)
    requests.settle({ type: 'ok', seq: first.message.seq })
    const third = requests.add({ type: 'renew' }, wait)
    assert.deepEqual(requests.messages(), [second.message, third.message])
    requests.forget(second)
    assert.deepEqual(requests.messages(), [third.message])
  })

  it('tells that a request was done before it goes on to the next message', () => {
    const requests = requestsOn()
    let done = false
    const request = requests.add({ type: 'renew' }, { ...wait, onDone: () => (done = true) })
    requests.settle({ type: 'ok', seq: request.message.seq })
    assert.equal(done, true)
  })

  it('fails all that wait', async () => {
    const requests = requestsOn()
    const answers = [1, 2].map(() => requests.add({ type: 'renew' }, wait).answer)
    requests.fail(new Error('closed'))
    for (const answer of answers) await assert.rejects(answer, /closed/)
  })

  it('rejects each that has waited for as long as it may, and forgets it', async () => {
    const clock = new FakeClock()
    const requests = requestsOn(clock)
    const long = requests.add({ type: 'renew' }, { waitMs: 400 })
    await clock.advance(100)
    const short = requests.add({ type: 'renew' }, { waitMs: 200 })
    const rejected = assert.rejects(short.answer, /late after 200/)
    await clock.advance(199)
    assert.deepEqual(requests.messages(), [long.message, short.message])
    await clock.advance(1)
    await rejected
    assert.deepEqual(requests.messages(), [long.message])
    const rejectedToo = assert.rejects(long.answer, /late after 400/)
    await clock.advance(100)
    await rejectedToo
  })

  it('takes one timer for all, and none when nothing waits any more', async () => {
    const clock = new FakeClock()
    const requests = requestsOn(clock)
    for (let i = 0; i < 100; i++)
      requests.settle({ type: 'ok', seq: requests.add({ type: 'renew' }, wait).message.seq })
    assert.equal(clock.pending, 1)
    await clock.advance(5_000)
    assert.equal(clock.pending, 0)
    const failed = assert.rejects(requests.add({ type: 'renew' }, wait).answer, /closed/)
    requests.fail(new Error('closed'))
    await failed
    assert.equal(clock.pending, 0)
  })

  it('ignores answers that nobody waits for', () => {
    requestsOn().settle({ type: 'ok', seq: 99 })
  })
})
