import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Session, type AfterWelcome } from '../../../src/adapters/daemon/session.ts'
import type { HelloMessage } from '../../../src/protocol/client-message.ts'
import { FakeClock } from '../../../src/testing/fake-clock.ts'
import { ScriptedDaemon, WELCOME } from './scripted-daemon.ts'

const hello: HelloMessage = {
  type: 'hello',
  protocol: 1,
  session: 'a-session-of-length-32',
  client: { name: 'test', pid: 1, host: 'here' },
  held: [],
}

function session() {
  const clock = new FakeClock()
  const daemon = new ScriptedDaemon()
  const told: string[] = []
  const made = new Session({
    clock,
    hello,
    onWelcome: ({ epoch }) => told.push(`welcome ${epoch}`),
    onMessage: (message: AfterWelcome) => told.push(message.type),
  })
  const giveUp = new AbortController()
  return { clock, daemon, told, session: made, giveUp, open: () => made.open(daemon.dial, giveUp.signal) }
}

describe('Session', () => {
  it('says hello and is open when the daemon has said welcome', async () => {
    const { daemon, told, open } = session()
    await open()
    assert.deepEqual(daemon.last.messages, [hello])
    assert.deepEqual(told, ['welcome epoch-1'])
  })

  it('hands on what comes with the welcome in one frame, in order', async () => {
    const { daemon, told, open } = session()
    daemon.greeting = undefined
    const opening = open()
    await new Promise(setImmediate)
    daemon.last.say(WELCOME, { type: 'names', revision: 1, names: [] }, { type: 'ok', seq: 1 })
    await opening
    assert.deepEqual(told, ['welcome epoch-1', 'names', 'ok'])
  })

  it('fails to open when the daemon closes instead, and says with which code', async () => {
    const { daemon, open } = session()
    daemon.greeting = undefined
    const opening = open()
    await new Promise(setImmediate)
    daemon.last.end(4002, 'version')
    await assert.rejects(opening, { code: 'ERR_SESSION_ENDED', message: /4002: version/ })
  })

  it('leaves nothing open when it is given up before the welcome', async () => {
    const { daemon, open, giveUp } = session()
    daemon.greeting = undefined
    const opening = open()
    await new Promise(setImmediate)
    giveUp.abort(new Error('given up'))
    await assert.rejects(opening, /given up/)
    assert.equal(daemon.last.destroyed, true)
  })

  for (const [what, frame] of [
    ['is not JSON', '{'],
    ['is no list', '{}'],
    ['says welcome twice', JSON.stringify([WELCOME])],
    ['has a field of a wrong type', '[{"type":"ok","seq":"1"}]'],
  ] as const) {
    it(`ends the connection when a frame ${what}`, async () => {
      const { daemon, session: made, open } = session()
      await open()
      daemon.last.sayRaw(frame)
      assert.match((await made.ended).reason, /not its protocol/)
    })
  }

  it('leaves out messages of types it does not know', async () => {
    const { daemon, told, open } = session()
    await open()
    daemon.last.sayRaw('[{"type":"from-the-future"},{"type":"ok","seq":1}]')
    assert.deepEqual(told, ['welcome epoch-1', 'ok'])
  })

  it('ends a connection on which nothing is heard for three of the rounds the daemon asked for', async () => {
    const { clock, daemon, session: made, open } = session()
    daemon.greeting = { ...WELCOME, pingMs: 1_000 }
    await open()
    await clock.advance(2_999)
    assert.equal(daemon.last.destroyed, false)
    await clock.advance(1)
    assert.match((await made.ended).reason, /silent/)
    assert.deepEqual([clock.pending, made.heardAt], [0, 0])
  })

  it('counts the other end as heard until the connection ends, if it does by itself', async () => {
    const { clock, daemon, session: made, open } = session()
    await open()
    await clock.advance(2_000)
    daemon.last.end()
    assert.equal(made.heardAt, 2_000)
  })

  it('keeps a connection on which pongs come', async () => {
    const { clock, daemon, open } = session()
    daemon.greeting = { ...WELCOME, pingMs: 1_000 }
    await open()
    for (let round = 0; round < 10; round++) {
      await clock.advance(1_000)
      daemon.last.pong()
    }
    assert.equal(daemon.last.destroyed, false)
  })

  it('says bye when it leaves, and waits until the daemon has closed', async () => {
    const { daemon, session: made, open } = session()
    await open()
    const leaving = made.leave(new AbortController().signal)
    assert.deepEqual(daemon.last.messages.at(-1), { type: 'bye' })
    daemon.last.end(1000)
    await leaving
  })

  it('leaves without an answer when it is told not to wait longer', async () => {
    const { daemon, session: made, open } = session()
    await open()
    const limit = new AbortController()
    const leaving = made.leave(limit.signal)
    limit.abort()
    await leaving
    assert.equal(daemon.last.destroyed, true)
  })
})
