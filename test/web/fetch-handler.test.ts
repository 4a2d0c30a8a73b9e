import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { NotFoundError } from '../../src/web/errors.ts'
import { fetchHandler } from '../../src/web/fetch-handler.ts'
import { RawClient, serve, urlOf, webFailures } from './serve.ts'

/** What `node:http` would take. */
const listener = (_request: unknown, response: { end(): void }): void => response.end()

describe('fetchHandler', () => {
  it('serves with a function, synchronous or not', async t => {
    for (const answer of [() => new Response('x'), async () => new Response('x')]) {
      assert.equal(await (await fetch(urlOf(await serve(t, fetchHandler(answer))))).text(), 'x')
    }
  })

  it('refuses a function of several parameters, and says which handler it needs', () => {
    assert.throws(() => Reflect.apply(fetchHandler, undefined, [listener]), {
      code: 'ERR_INVALID_HANDLER',
      message: /takes 2 parameters: give .*nodeHandler/,
    })
  })

  it('answers an HttpError as it says, and anything else with a bare 500', async t => {
    const events = webFailures(t)
    const missing = await fetch(urlOf(await serve(t, () => Promise.reject(new NotFoundError('no such thing')))))
    assert.deepEqual(
      [missing.status, ((await missing.json()) as { error: { code: string } }).error.code],
      [404, 'ERR_NOT_FOUND'],
    )
    const failed = await fetch(
      urlOf(
        await serve(t, () => {
          throw new Error('a secret')
        }),
      ),
    )
    assert.equal(failed.status, 500)
    assert.doesNotMatch(await failed.text(), /secret/)
    assert.deepEqual(
      events.map(({ event }) => event),
      ['request.failed'],
    )
  })

  it('lets a client continue that waits to be asked for its body', async t => {
    const site = await serve(t, async request => new Response(await request.text()))
    const client = await RawClient.open(t, urlOf(site))
    client.send('POST / HTTP/1.1\nHost: x\nExpect: 100-continue\nContent-Length: 4\n\n')
    await client.receives(/^HTTP\/1\.1 100 Continue\r\n\r\n$/)
    client.send('body')
    await client.receives(/200 OK.*\r\n\r\nbody$/s)
  })
})
