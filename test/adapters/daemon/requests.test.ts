import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Requests } from '../../../src/adapters/daemon/requests.ts'

describe('Requests', () => {
  it('brings each answer to its request, whatever the order', async () => {
    const requests = new Requests()
    const one = requests.add({ type: 'renew' }, undefined)
    const other = requests.add({ type: 'renew' }, undefined)
    requests.settle({ type: 'ok', seq: other.message.seq })
    requests.settle({ type: 'ok', seq: one.message.seq })
    assert.equal((await one.answer).seq, one.message.seq)
    assert.equal((await other.answer).seq, other.message.seq)
  })

  it('rejects what the daemon refuses, with its code', async () => {
    const requests = new Requests()
    const request = requests.add({ type: 'revoke', service: 'users', id: 'u1' }, undefined)
    requests.settle({ type: 'error', seq: request.message.seq, code: 'ERR_JOURNAL', message: 'disk full' })
    await assert.rejects(request.answer, { code: 'ERR_REGISTRY_REFUSED', daemonCode: 'ERR_JOURNAL' })
  })

  it('keeps what has no answer, in order, until it is forgotten', () => {
    const requests = new Requests()
    const first = requests.add({ type: 'renew' }, undefined)
    const second = requests.add({ type: 'renew' }, undefined)
    requests.settle({ type: 'ok', seq: first.message.seq })
    const third = requests.add({ type: 'renew' }, undefined)
    assert.deepEqual(requests.messages(), [second.message, third.message])
    requests.forget(second)
    assert.deepEqual(requests.messages(), [third.message])
  })

  it('tells that a request was done before it goes on to the next message', () => {
    const requests = new Requests()
    let done = false
    const request = requests.add({ type: 'renew' }, () => (done = true))
    requests.settle({ type: 'ok', seq: request.message.seq })
    assert.equal(done, true)
  })

  it('fails all that wait', async () => {
    const requests = new Requests()
    const answers = [1, 2].map(() => requests.add({ type: 'renew' }, undefined).answer)
    requests.fail(new Error('closed'))
    for (const answer of answers) await assert.rejects(answer, /closed/)
  })

  it('ignores answers that nobody waits for', () => {
    new Requests().settle({ type: 'ok', seq: 99 })
  })
})
