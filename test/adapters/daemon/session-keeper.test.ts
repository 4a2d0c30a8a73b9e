import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Dial } from '../../../src/adapters/daemon/connection.ts'
import { RegistryRefusedError } from '../../../src/adapters/daemon/errors.ts'
import { SessionKeeper } from '../../../src/adapters/daemon/session-keeper.ts'
import { observe } from '../../../src/core/event.ts'
import { FakeClock } from '../../../src/testing/fake-clock.ts'
import { ScriptedDaemon, WELCOME } from './scripted-daemon.ts'

function keeper({ random = 1, dial = (accepted: Dial): Dial => accepted } = {}) {
  const clock = new FakeClock()
  const daemon = new ScriptedDaemon()
  const told: string[] = []
  const made = new SessionKeeper({
    registry: 'ropewalk://scripted',
    dial: dial(daemon.dial),
    clock,
    random: { next: () => random },
    connectMs: 5_000,
    hello: () => ({
      type: 'hello',
      protocol: 1,
      session: 'a-session-of-length-32',
      client: { name: 'test', pid: 1, host: 'here' },
      held: [],
    }),
    onOpen: (_welcome, deafMs) => told.push(deafMs > 0 ? `open after ${deafMs} ms` : 'open'),
    onMessage: message => told.push(message.type),
    onLost: () => told.push('lost'),
    onRefused: ({ daemonCode }) => told.push(daemonCode),
  })
  return { clock, daemon, told, keeper: made }
}

describe('SessionKeeper', () => {
  it('dials nobody before it is started', () => {
    const { daemon } = keeper()
    assert.equal(daemon.attempts, 0)
  })

  it('dials again at once, give or take 50 ms, when a good session is lost', async () => {
    const { clock, daemon, told, keeper: made } = keeper()
    made.start()
    await clock.advance(2_000)
    daemon.last.end()
    await clock.advance(50)
    assert.equal(daemon.attempts, 2)
    assert.deepEqual(told, ['open', 'lost', 'open after 50 ms'])
    await closed(made, daemon)
  })

  it('tells for how long nothing was heard of a daemon that fell silent', async () => {
    const { clock, daemon, told, keeper: made } = keeper()
    daemon.greeting = { ...WELCOME, pingMs: 1_000 }
    made.start()
    await clock.advance(500)
    daemon.last.pong()
    await clock.advance(3_000)
    assert.deepEqual(told, ['open', 'lost', 'open after 2550 ms'])
    await closed(made, daemon)
  })

  it('waits longer after each failure, up to two seconds, less than the grace of the daemon', async () => {
    const { clock, daemon, keeper: made } = keeper()
    daemon.refusing = true
    made.start()
    await clock.settle()
    const waits: number[] = []
    for (let attempt = 0; attempt < 10; attempt++) {
      waits.push(clock.nextDelayMs ?? 0)
      await clock.advance(clock.nextDelayMs ?? 0)
    }
    assert.deepEqual(waits, [100, 200, 400, 800, 1_600, 2_000, 2_000, 2_000, 2_000, 2_000])
    await made.close()
  })

  it('waits no longer than two thirds of the grace that the daemon told of', async () => {
    const { clock, daemon, keeper: made } = keeper()
    daemon.greeting = { ...WELCOME, graceMs: 600 }
    made.start()
    await clock.advance(2_000)
    daemon.refusing = true
    daemon.last.end()
    await clock.settle()
    const waits: number[] = []
    for (let attempt = 0; attempt < 5; attempt++) {
      waits.push(clock.nextDelayMs ?? 0)
      await clock.advance(clock.nextDelayMs ?? 0)
    }
    assert.deepEqual(waits, [50, 100, 200, 400, 400])
    await made.close()
  })

  it('spreads the waits by chance from nothing on', async () => {
    const { clock, daemon, keeper: made } = keeper({ random: 0 })
    daemon.refusing = true
    made.start()
    await clock.settle()
    assert.equal(clock.nextDelayMs, 0)
    await made.close()
  })

  it('does not start over with short waits when sessions end as soon as they begin', async () => {
    const { clock, daemon, keeper: made } = keeper()
    made.start()
    for (let attempt = 0; attempt < 8; attempt++) {
      await clock.settle()
      daemon.last.end(1012, 'restarting')
      await clock.settle()
      await clock.advance(clock.nextDelayMs ?? 0)
    }
    await clock.settle()
    daemon.last.end(1012, 'restarting')
    await clock.settle()
    assert.equal(clock.nextDelayMs, 2_000)
    await made.close()
  })

  it('says once that the token is refused, and dials on in case that changes', async t => {
    const refusal = { code: 'ERR_TOKEN_UNKNOWN', message: 'none' }
    let isKnown = false
    const {
      clock,
      daemon,
      told,
      keeper: made,
    } = keeper({
      dial: accepted => async listener => {
        if (isKnown) return accepted(listener)
        throw new RegistryRefusedError(refusal)
      },
    })
    const levels: string[] = []
    t.after(observe('registry', ({ event, level }) => event === 'registry.refused' && levels.push(level)))
    made.start()
    await clock.settle()
    for (let attempt = 0; attempt < 3; attempt++) await clock.advance(clock.nextDelayMs ?? 0)
    assert.deepEqual(levels, ['error', 'debug', 'debug', 'debug'])
    assert.deepEqual(told, Array(4).fill('ERR_TOKEN_UNKNOWN'))
    isKnown = true
    await clock.advance(clock.nextDelayMs ?? 0)
    assert.equal(told.at(-1), 'open')
    await closed(made, daemon)
  })

  it('gives up an attempt that gets no answer, and makes another', async () => {
    const { clock, daemon, keeper: made } = keeper()
    daemon.silent = true
    made.start()
    await clock.advance(4_999)
    assert.equal(daemon.attempts, 1)
    daemon.silent = false
    await clock.advance(101)
    assert.equal(daemon.attempts, 2)
    assert.ok(made.session)
    await closed(made, daemon)
  })

  it('gives up an attempt that connects but gets no welcome', async () => {
    const { clock, daemon, keeper: made } = keeper()
    daemon.greeting = undefined
    made.start()
    await clock.advance(5_000)
    assert.equal(daemon.connections[0]?.destroyed, true)
    await made.close()
  })

  it('knows how long there has been no session, and why', async () => {
    const { clock, daemon, keeper: made } = keeper()
    daemon.refusing = true
    await clock.advance(60_000)
    made.start()
    await clock.advance(700)
    assert.equal(made.outMs, 700)
    assert.match(String(made.lastError), /ECONNREFUSED/)
    daemon.refusing = false
    await clock.advance(10_000)
    assert.equal(made.outMs, 0)
    await closed(made, daemon)
  })

  it('tells once that the registry cannot be reached, and again only when something changes', async t => {
    const warnings: string[] = []
    t.after(observe('registry', ({ level, event }) => level === 'debug' || warnings.push(event)))
    const { clock, daemon, keeper: made } = keeper()
    daemon.refusing = true
    made.start()
    await clock.advance(60_000)
    daemon.refusing = false
    await clock.advance(10_000)
    daemon.last.end()
    await clock.settle()
    assert.deepEqual(warnings, ['registry.unreachable', 'registry.connected', 'registry.lost'])
    await made.close()
  })

  it('says goodbye when closed, and leaves no timer', async () => {
    const { clock, daemon, told, keeper: made } = keeper()
    made.start()
    await clock.advance(10)
    await closed(made, daemon)
    assert.deepEqual(daemon.last.messages.at(-1), { type: 'bye' })
    assert.deepEqual(told, ['open'])
    assert.equal(clock.pending, 0)
    assert.throws(() => made.start(), { code: 'ERR_REGISTRY_CLOSED' })
  })

  it('waits no longer than a second for the answer to its goodbye', async () => {
    const { clock, daemon, keeper: made } = keeper()
    made.start()
    await clock.advance(10)
    const closing = made.close()
    await clock.advance(1_000)
    await closing
    assert.equal(daemon.last.destroyed, true)
    assert.equal(clock.pending, 0)
  })

  it('can be closed while it waits or dials, and when it was never started', async () => {
    const waiting = keeper()
    waiting.daemon.refusing = true
    waiting.keeper.start()
    await waiting.clock.settle()
    await waiting.keeper.close()
    const dialling = keeper()
    dialling.daemon.silent = true
    dialling.keeper.start()
    await dialling.clock.settle()
    await dialling.keeper.close()
    await keeper().keeper.close()
    assert.equal(waiting.clock.pending + dialling.clock.pending, 0)
  })
})

async function closed(made: SessionKeeper, daemon: ScriptedDaemon): Promise<void> {
  const closing = made.close()
  await new Promise(setImmediate)
  daemon.last.end(1000)
  await closing
}
