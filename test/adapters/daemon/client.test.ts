import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { SessionClient, type Push } from '../../../src/adapters/daemon/client.ts'
import { seededRandom } from '../../../src/core/random.ts'
import type { InstanceKey } from '../../../src/protocol/client-message.ts'
import { FakeClock } from '../../../src/testing/fake-clock.ts'
import { ScriptedDaemon } from './scripted-daemon.ts'

function client() {
  const clock = new FakeClock()
  const daemon = new ScriptedDaemon()
  const pushes: Push[] = []
  let held: InstanceKey[] = []
  const made = new SessionClient({
    registry: 'ropewalk://scripted',
    clientName: 'test',
    dial: daemon.dial,
    clock,
    random: seededRandom(1),
    connectMs: 5_000,
    outageMs: 5_000,
    user: { held: () => held, onOpen() {}, onLost() {}, onRefused() {}, onPush: message => pushes.push(message) },
  })
  return { clock, daemon, pushes, client: made, hold: (keys: InstanceKey[]) => (held = keys) }
}

const renew = { type: 'renew' } as const
const limitMs = 5_000

describe('SessionClient', () => {
  it('connects with the first request', async () => {
    const { clock, daemon, client: made } = client()
    assert.equal(daemon.attempts, 0)
    const answer = made.request(renew, { limitMs })
    await clock.settle()
    daemon.last.ok('renew')
    assert.equal((await answer).type, 'ok')
  })

  it('comes back under the same session id, and says what it holds then', async () => {
    const { clock, daemon, client: made, hold } = client()
    made.start()
    await clock.settle()
    hold([{ service: 'users', id: 'u1' }])
    daemon.last.end()
    await clock.advance(100)
    const [first, second] = daemon.connections.map(connection => connection.received('hello')[0])
    assert.equal(second?.session, first?.session)
    assert.deepEqual([first?.held, second?.held], [[], [{ service: 'users', id: 'u1' }]])
  })

  it('sends again, in order, what was not answered on a connection that was lost', async () => {
    const { clock, daemon, client: made } = client()
    const answers = [1, 2, 3].map(id => made.request({ type: 'revoke', service: 'users', id: `u${id}` }, { limitMs }))
    await clock.settle()
    const [first] = daemon.last.received('revoke')
    daemon.last.say({ type: 'ok', seq: first?.seq ?? 0 })
    daemon.last.end()
    await clock.advance(100)
    assert.deepEqual(
      daemon.last.received('revoke').map(({ id }) => id),
      ['u2', 'u3'],
    )
    for (const { seq } of daemon.last.received('revoke')) daemon.last.say({ type: 'ok', seq })
    await Promise.all(answers)
  })

  it('rejects a request without an answer in time, and forgets it', async () => {
    const { clock, daemon, client: made } = client()
    const answer = made.request(renew, { limitMs: 300 })
    const rejected = assert.rejects(answer, { code: 'ERR_REGISTRY_UNAVAILABLE' })
    await clock.advance(300)
    await rejected
    daemon.last.end()
    await clock.advance(100)
    assert.deepEqual(daemon.last.received('renew'), [])
  })

  it('fails requests at once when the daemon has been away for long, with what went wrong as the cause', async () => {
    const { clock, daemon, client: made } = client()
    daemon.refusing = true
    made.start()
    await clock.advance(6_000)
    const rejected = assert.rejects(made.request(renew, { limitMs }), error => {
      assert.match(String((error as Error).cause), /ECONNREFUSED/)
      return true
    })
    await clock.advance(0)
    await rejected
  })

  it('lets a patient request wait for the daemon all the same', async () => {
    const { clock, daemon, client: made } = client()
    daemon.refusing = true
    made.start()
    await clock.advance(60_000)
    const answer = made.request(renew, { limitMs: 20_000, patient: true })
    daemon.refusing = false
    await clock.advance(6_000)
    daemon.last.ok('renew')
    await answer
  })

  it("rejects with the signal's own reason, even if that is a time limit of the caller", async () => {
    const { clock, client: made } = client()
    const giveUp = new AbortController()
    const answer = made.request(renew, { limitMs, signal: giveUp.signal })
    const reason = new Error('not needed any more')
    await clock.settle()
    giveUp.abort(reason)
    await assert.rejects(answer, reason)
    await assert.rejects(made.request(renew, { limitMs, signal: giveUp.signal }), reason)
  })

  it('hands pushes to its user', async () => {
    const { clock, daemon, pushes, client: made } = client()
    made.start()
    await clock.settle()
    daemon.last.say({ type: 'lost', service: 'users', id: 'u1', cause: 'lapsed' })
    assert.deepEqual(pushes, [{ type: 'lost', service: 'users', id: 'u1', cause: 'lapsed' }])
  })

  it('rejects what waits, and what comes later, when it is closed', async () => {
    const { clock, daemon, client: made } = client()
    const waiting = assert.rejects(made.request(renew, { limitMs }), { code: 'ERR_REGISTRY_CLOSED' })
    await clock.settle()
    const closing = made.close()
    await waiting
    daemon.last.end(1000)
    await closing
    await assert.rejects(made.request(renew, { limitMs }), { code: 'ERR_REGISTRY_CLOSED' })
    assert.equal(clock.pending, 0)
  })
})
