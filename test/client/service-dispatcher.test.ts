import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Dispatcher } from 'undici'
import { ServiceDispatcher } from '../../src/client/service-dispatcher.ts'
import { Cluster } from './cluster.ts'

const handler: Dispatcher.DispatchHandler = {
  onRequestStart: () => undefined,
  onResponseStart: () => undefined,
  onResponseData: () => undefined,
  onResponseEnd: () => undefined,
  onResponseError: () => undefined,
}

/** A ServiceDispatcher that notes what it does. */
function dispatcherOf() {
  const routed: string[] = []
  const stops: (string | undefined)[] = []
  const dispatcher = new ServiceDispatcher({
    routeTo: (serviceName, secure) => ({
      dispatch: ({ path }) => void routed.push(`${secure ? 'secure ' : ''}${serviceName} ${path}`),
    }),
    stop: async error => void stops.push(error?.message),
  })
  return { dispatcher, routed, stops }
}

describe('ServiceDispatcher', () => {
  it('sends what is for a service there', () => {
    const { dispatcher, routed } = dispatcherOf()
    for (const origin of ['http://users', new URL('http://users'), 'https://users', 'http://users']) {
      assert.equal(dispatcher.dispatch({ origin, path: '/', method: 'GET' }, handler), true)
    }
    assert.deepEqual(routed, ['users /', 'users /', 'secure users /', 'users /'])
  })

  it('sends what is for any other host there', async () => {
    const cluster = new Cluster()
    const { url } = await cluster.startOne()
    const { dispatcher, routed } = dispatcherOf()
    const { body } = await dispatcher.request({ origin: url.replace('tcp', 'http'), path: '/', method: 'GET' })
    assert.equal(await body.text(), 'users-0')
    assert.deepEqual(routed, [])
    await dispatcher.closeDirect('close')
    await cluster.close()
  })

  it('tells the handler what is wrong with a request that goes nowhere', () => {
    const errors: unknown[] = []
    const { dispatcher } = dispatcherOf()
    const onResponseError = (_: unknown, error: unknown) => void errors.push(error)
    for (const origin of ['', 'no origin']) {
      dispatcher.dispatch({ origin, path: '/', method: 'GET' }, { ...handler, onResponseError })
    }
    dispatcher.dispatch({ path: '/', method: 'GET' }, { ...handler, onResponseError })
    assert.deepEqual(
      errors.map(error => (error as { code?: string }).code),
      ['ERR_INVALID_URL', 'ERR_INVALID_URL', 'ERR_INVALID_URL'],
    )
  })

  it('stops what makes the requests when it is closed, and fails them when it is destroyed', async () => {
    const { dispatcher, stops } = dispatcherOf()
    await dispatcher.close()
    await dispatcher.destroy()
    await dispatcher.destroy(new Error('enough'))
    const called = Promise.withResolvers<void>()
    void dispatcher.close(called.resolve)
    await called.promise
    assert.deepEqual(stops, [undefined, 'The dispatcher was destroyed', 'enough', undefined])
  })

  it('remembers no more origins than it should', () => {
    const { dispatcher, routed } = dispatcherOf()
    for (let number = 0; number < 2_500; number++) {
      dispatcher.dispatch({ origin: `http://service-${number}`, path: '/', method: 'GET' }, handler)
    }
    assert.equal(routed.length, 2_500)
    assert.equal(routed.at(-1), 'service-2499 /')
  })
})
