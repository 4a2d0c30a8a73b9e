import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { serveConsul } from '../consul-server.ts'

/** Each of its instances takes a million steps of the pattern. */
const DEAR = encodeURIComponent('ServiceMeta.text matches "(a{1,100}){1,10}b"')

describe('?filter=', () => {
  it('refuses what would keep the daemon busy for long, with 500 and the reason, and goes on', async t => {
    const { ask } = await serveConsul(t)
    const text = 'a'.repeat(500)
    for (let count = 0; count < 60; count++) {
      const Service = { ID: `web-${count}`, Service: 'web', Meta: { text } }
      await ask('PUT', '/v1/catalog/register', { Node: 'n1', Address: '10.0.0.1', Service })
    }
    const { status, body } = await ask('GET', `/v1/catalog/service/web?filter=${DEAR}`)
    assert.equal(status, 500)
    assert.match(body, /^Failed to evaluate the boolean expression: a regular expression takes too many steps/)
    const cheap = encodeURIComponent('ServiceMeta.text matches "^a+$"')
    assert.equal((await ask('GET', `/v1/catalog/service/web?filter=${cheap}`)).body.length, 60)
  })
})
