import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { serveNode, webFailures } from './serve.ts'

describe('nodeHandler', () => {
  it('serves with a (request, response) function', async t => {
    const url = await serveNode(t, (request, response) => response.end(`${request.method} ${request.url}`))
    assert.equal(await (await fetch(`${url}/x`)).text(), 'GET /x')
  })

  it('answers 500 for what it throws and for what it rejects with, and publishes it', async t => {
    const events = webFailures(t)
    const error = new Error('a secret')
    const throws = () => {
      throw error
    }
    for (const listener of [throws, async () => throws()]) {
      const response = await fetch(await serveNode(t, listener))
      assert.equal(response.status, 500)
      assert.doesNotMatch(await response.text(), /secret/)
    }
    assert.deepEqual(
      events.map(event => event['error']),
      [error, error],
    )
  })
})
