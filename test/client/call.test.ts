import assert from 'node:assert/strict'
import { beforeEach, describe, it } from 'node:test'
import type { Dispatcher } from 'undici'
import { Call, type CallOwner } from '../../src/client/call.ts'
import { ConnectionLostError } from '../../src/client/errors.ts'
import type { Peer } from '../../src/client/peer.ts'
import { FakeClock } from '../../src/testing/index.ts'
import { instanceOf, peerOf, settingsOf } from './settings.ts'

let clock: FakeClock
let told: string[]
let others: boolean
let grants: boolean
let peer: Peer

/** Notes what a Call asks of its owner. */
function owner(): CallOwner {
  return {
    serviceName: 'users',
    settings: settingsOf({ clock, attemptTimeoutMs: 100, requestTimeoutMs: 1_000 }),
    place: () => void told.push('place'),
    eject: (_, reason) => void told.push(`eject ${reason}`),
    recovered: () => void told.push('recovered'),
    hasUntried: () => others,
    grantRetry: (_, error, where) => {
      told.push(`grant ${where} ${error.name}`)
      return grants
    },
    over: () => void told.push('over'),
  }
}

function noteError(_: unknown, error: Error): void {
  told.push(`error ${error.message}`)
}

function callOf(handler: Dispatcher.DispatchHandler = {}): Call {
  return new Call(owner(), { path: '/', method: 'GET' }, { onResponseError: noteError, ...handler })
}

beforeEach(() => {
  clock = new FakeClock()
  told = []
  grants = true
  others = true
  peer = peerOf(instanceOf('a'), { connect: () => new Promise(() => undefined) })
})

describe('Call', () => {
  it('can be aborted before it has found an Instance, even while the caller hears that it begins', () => {
    const call = callOf({ onRequestStart: controller => controller.abort(new Error('never mind')) })
    call.begin()
    assert.deepEqual(told, ['over', 'error never mind'])
    assert.deepEqual([call.isOver, call.aborted, call.reason?.message], [true, true, 'never mind'])
  })

  it('ends when the caller throws at the beginning', () => {
    const call = callOf({
      onRequestStart: () => {
        throw new Error('no')
      },
    })
    call.begin()
    assert.deepEqual(told, ['over', 'error no'])
  })

  it('ends once only', () => {
    const call = callOf()
    call.sendTo(peer)
    call.abort(new Error('first'))
    call.abort(new Error('second'))
    call.fail(new Error('third'))
    assert.deepEqual(told, ['over', 'error first'])
    assert.equal(peer.pending, 0)
  })

  it('goes anywhere again when nothing was sent, and remembers whom it could not reach', () => {
    const call = callOf()
    call.sendTo(peer)
    peer.pool.retire()
    assert.equal(call.tried, undefined)
    peer.pool.revive()
    call.sendTo(peer)
    call.unreachable(new Error('refused'))
    assert.deepEqual([...(call.tried ?? [])], [peer])
    assert.deepEqual(told, ['place', 'place'])
  })

  it('takes an Instance that accepts connections only to close them for one to be put aside', () => {
    const call = callOf()
    call.sendTo(peer)
    for (let lost = 0; lost < 3; lost++) call.unsent(new ConnectionLostError('a'))
    assert.deepEqual(told, ['place', 'place', 'eject disconnecting', 'place'])
    assert.ok(call.tried?.has(peer))
  })

  it('ends with the error of an attempt when it may not go on, and goes on otherwise', () => {
    const call = callOf()
    call.sendTo(peer)
    call.failed(new Error('reset'))
    assert.equal(call.failures, 1)
    assert.equal(call.lastError?.message, 'reset')
    grants = false
    call.failed(new Error('reset again'))
    assert.deepEqual(told, ['grant any Error', 'place', 'grant any Error', 'over', 'error reset again'])
  })

  it('gives up waiting for a connection after the time of an attempt', async () => {
    const call = callOf()
    call.sendTo(peer)
    await clock.advance(100)
    call.checkTime(99)
    assert.deepEqual(told, [])
    call.checkTime(100)
    assert.deepEqual(told, ['eject hanging', 'place'])
    assert.deepEqual([call.lastError?.name, peer.pending], ['AttemptTimeoutError', 0])
  })

  it('goes on waiting for a connection when there is nobody else', async () => {
    const call = callOf()
    call.sendTo(peer)
    others = false
    await clock.advance(100)
    call.checkTime(100)
    assert.deepEqual([told, peer.pool.state.waiting], [['eject hanging'], 1])
  })

  it('holds silence against an Instance only if it was asked after it was put aside', async () => {
    const call = callOf()
    call.sendTo(peer)
    await clock.advance(50)
    peer.ejectedAt = clock.now()
    call.checkTime(100)
    assert.deepEqual(told, ['place'])
    call.sendTo(peer)
    await clock.advance(100)
    call.checkTime(150)
    assert.deepEqual(told, ['place', 'eject hanging', 'place'])
  })

  it('keeps what goes wrong in the handler from those who tell it', t => {
    const later: (() => void)[] = []
    t.mock.method(globalThis, 'queueMicrotask', (callback: () => void) => void later.push(callback))
    const call = callOf({
      onResponseError: () => {
        throw new Error('in the handler')
      },
    })
    call.fail(new Error('over'))
    assert.deepEqual(told, ['over'])
    assert.throws(() => later[0]?.(), /in the handler/)
  })

  it('is aborted with an error even if the caller gives none', () => {
    const call = callOf()
    call.abort()
    assert.equal(call.reason?.name, 'AbortError')
    assert.equal(told.length, 2)
  })

  it('ends after the time of the whole request, with the last failure as the cause', async () => {
    const call = callOf()
    call.sendTo(peer)
    call.unreachable(new Error('refused'))
    let failure: Error | undefined
    call.handler.onResponseError = (_, error) => {
      failure = error
    }
    await clock.advance(1_000)
    call.checkTime(clock.now())
    assert.equal(failure?.name, 'RequestTimeoutError')
    assert.match(String(failure.cause), /refused/)
  })
})
