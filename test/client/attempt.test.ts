import assert from 'node:assert/strict'
import { beforeEach, describe, it } from 'node:test'
import type { Dispatcher } from 'undici'
import { Attempt, type AttemptOwner } from '../../src/client/attempt.ts'
import type { Connection } from '../../src/client/connection.ts'
import { ConnectionLostError } from '../../src/client/errors.ts'
import type { Peer } from '../../src/client/peer.ts'
import { FakeClock } from '../../src/testing/index.ts'
import { instanceOf, peerOf } from './settings.ts'

let told: string[]
let refuses: boolean
let clock: FakeClock
let peer: Peer
let attempt: Attempt

/** Notes what the attempt says to its owner, and through it to the caller. */
function owner(): AttemptOwner {
  return {
    clock,
    options: { path: '/', method: 'GET' },
    handler: {
      onResponseStart: (_, statusCode) => void told.push(`${statusCode}`),
      onResponseData: (_, chunk) => void told.push(String(chunk)),
      onResponseEnd: () => void told.push('end'),
    },
    aborted: false,
    paused: false,
    reason: null,
    rawHeaders: null,
    rawTrailers: null,
    abort: () => undefined,
    pause: () => undefined,
    resume: () => undefined,
    unsent: error => void told.push(error ? 'lost' : 'unsent'),
    unreachable: () => void told.push('unreachable'),
    failed: () => void told.push('failed'),
    refused: () => refuses,
    ended: error => void told.push(error ? 'broken' : 'complete'),
    answered: () => void told.push('answered'),
  }
}

/** Stands for a Connection and the HTTP client behind it: takes a request and does nothing with it. */
const connection = fakeConnection()

function fakeConnection(): Connection {
  return { usable: false, isLast: false, send: () => undefined } as unknown as Connection
}

function controller(aborts: Error[] = []): Dispatcher.DispatchController {
  return {
    aborted: false,
    paused: false,
    reason: null,
    abort: reason => void aborts.push(reason),
    pause: () => undefined,
    resume: () => undefined,
  }
}

beforeEach(() => {
  told = []
  refuses = false
  clock = new FakeClock()
  peer = peerOf(instanceOf('a'), { connect: () => new Promise(() => undefined) })
  attempt = new Attempt(owner(), peer)
  attempt.begin()
})

describe('Attempt', () => {
  it('goes from connecting to over, and passes the answer on', () => {
    const phases = [attempt.phase]
    const http = controller()
    attempt.board(connection)
    phases.push(attempt.phase)
    attempt.onRequestStart(http)
    phases.push(attempt.phase)
    attempt.onResponseStart(http, 103, {})
    phases.push(attempt.phase)
    attempt.onResponseStart(http, 200, {})
    phases.push(attempt.phase)
    attempt.onResponseData(http, Buffer.from('body'))
    attempt.onResponseEnd(http, {})
    phases.push(attempt.phase)
    assert.deepEqual(phases, ['connecting', 'dispatched', 'sent', 'sent', 'answered', 'over'])
    assert.deepEqual(told, ['103', 'answered', '200', 'body', 'complete', 'end'])
    assert.deepEqual([peer.pending, peer.quiet()], [0, undefined])
  })

  it('is not written when its Instance takes no more requests by then', () => {
    attempt.board(connection)
    peer.pool.retire()
    let refusal: unknown
    try {
      attempt.onRequestStart(controller())
    } catch (error) {
      refusal = error
    }
    assert.ok(refusal instanceof Error)
    attempt.onResponseError(controller(), refusal)
    assert.deepEqual(told, ['unsent'])
    assert.equal(peer.pending, 0)
  })

  it('is taken back while it waits for a connection, without a word', () => {
    attempt.abort(new Error('given up'))
    assert.deepEqual([told, peer.pending, peer.pool.state.waiting], [[], 0, 0])
  })

  it('is not written after it was taken back from the HTTP client', () => {
    attempt.board(connection)
    attempt.abort(new Error('given up'))
    assert.throws(() => attempt.onRequestStart(controller()))
    attempt.onResponseError(controller(), new Error('turned away'))
    assert.deepEqual([told, peer.pending], [[], 0])
  })

  it('breaks the request off when it is aborted after it was written', () => {
    const aborts: Error[] = []
    const http = controller(aborts)
    attempt.board(connection)
    attempt.onRequestStart(http)
    attempt.abort(new Error('given up'))
    attempt.abort(new Error('again'))
    attempt.onResponseError(http, new Error('given up'))
    assert.deepEqual(aborts, [new Error('given up')])
    assert.deepEqual([told, peer.pending, peer.quiet()], [[], 0, undefined])
  })

  it('tells a failure before the answer from one within it', () => {
    attempt.board(connection)
    attempt.onRequestStart(controller())
    attempt.onResponseError(controller(), new Error('reset'))
    const second = new Attempt(owner(), peer)
    second.begin()
    second.board(connection)
    second.onRequestStart(controller())
    second.onResponseStart(controller(), 200, {})
    second.onResponseError(controller(), new Error('reset'))
    assert.deepEqual(told, ['failed', 'answered', '200', 'broken'])
    assert.equal(peer.pending, 0)
  })

  it('tells a connection that was lost before the request was written, and a request that cannot be written', () => {
    attempt.board(connection)
    attempt.onResponseError(controller(), new ConnectionLostError('a'))
    const second = new Attempt(owner(), peer)
    second.begin()
    second.board(connection)
    second.onResponseError(controller(), new TypeError('invalid header'))
    assert.deepEqual(told, ['lost', 'broken'])
  })

  it('asks its owner about 503 with Retry-After: 0, and hides the answer if that goes elsewhere', () => {
    attempt.board(connection)
    attempt.onRequestStart(controller())
    refuses = true
    attempt.onResponseStart(controller(), 503, { 'retry-after': '0' })
    assert.deepEqual(told, [])
    refuses = false
    attempt.onResponseStart(controller(), 503, { 'retry-after': '0' })
    assert.deepEqual(told, ['answered', '503'])
  })

  it('does not use a connection again that the other side is about to close', () => {
    const closing = fakeConnection()
    attempt.board(closing)
    attempt.onRequestStart(controller())
    attempt.onResponseStart(controller(), 200, { connection: 'close' })
    assert.equal(closing.isLast, true)
  })

  it('knows whether its Instance has answered anybody since it began', () => {
    assert.equal(attempt.isMetWithSilence, true)
    peer.sent()
    peer.answered(0)
    assert.equal(attempt.isMetWithSilence, false)
  })
})
