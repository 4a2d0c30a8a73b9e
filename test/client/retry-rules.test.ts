import assert from 'node:assert/strict'
import { Readable } from 'node:stream'
import { describe, it } from 'node:test'
import type { Dispatcher } from 'undici'
import { AttemptTimeoutError, InstanceRefusedError } from '../../src/client/errors.ts'
import { isRepeatable, isWorthRetrying } from '../../src/client/retry-rules.ts'

function request(changes: Partial<Dispatcher.DispatchOptions>): Dispatcher.DispatchOptions {
  return { path: '/', method: 'GET', ...changes }
}

function withCode(code: string): Error {
  return Object.assign(new Error(code), { code })
}

describe('isRepeatable', () => {
  it('holds for the methods that come to the same when done twice', () => {
    const methods = ['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE', 'TRACE', 'POST', 'PATCH', 'CONNECT'] as const
    const repeatable = methods.filter(method => isRepeatable(request({ method })))
    assert.deepEqual(repeatable, ['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE', 'TRACE'])
  })

  it('holds for any method with an idempotency key, in any form of headers', () => {
    const forms: NonNullable<Dispatcher.DispatchOptions['headers']>[] = [
      { 'Idempotency-Key': '1' },
      ['accept', '*/*', 'idempotency-key', '1'],
      [['IDEMPOTENCY-KEY', '1']] as never,
      new Map([['idempotency-key', '1']]),
    ]
    for (const headers of forms) assert.ok(isRepeatable(request({ method: 'POST', headers })))
    const others: NonNullable<Dispatcher.DispatchOptions['headers']>[] = [
      {},
      ['x', 'idempotency-key'],
      { x: 'idempotency-key' },
    ]
    for (const headers of others) assert.ok(!isRepeatable(request({ method: 'POST', headers })))
  })

  it('holds for bodies that can be sent a second time', () => {
    const bodies = [
      null,
      undefined,
      'text',
      Buffer.from('bytes'),
      new Uint8Array(1),
      new ArrayBuffer(1),
      new Blob(['b']),
    ]
    for (const body of bodies) assert.ok(isRepeatable(request({ method: 'PUT', body: body as never })))
    const once = [Readable.from(['a']), (async function* () {})()]
    for (const body of once) assert.ok(!isRepeatable(request({ method: 'PUT', body: body as never })))
  })

  it('does not hold for a change of protocol', () => {
    assert.ok(!isRepeatable(request({ upgrade: 'websocket' })))
  })
})

describe('isWorthRetrying', () => {
  it('holds for what befalls connections and instances, not for what is wrong with the request', () => {
    for (const code of ['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE']) assert.ok(isWorthRetrying(withCode(code)))
    assert.ok(isWorthRetrying(new AttemptTimeoutError('a', 1)))
    assert.ok(isWorthRetrying(new InstanceRefusedError('a')))
    for (const code of ['UND_ERR_INVALID_ARG', 'HPE_INVALID_CONSTANT', 'UND_ERR_ABORTED']) {
      assert.ok(!isWorthRetrying(withCode(code)))
    }
    assert.ok(!isWorthRetrying(new Error('anything')))
  })
})
