import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ask, events, serveRest } from './rest-server.ts'

describe('RestFrontend', () => {
  it('says how the daemon is, and who is connected', async t => {
    const { url, register, clock } = await serveRest(t)
    register('a')
    await clock.advance(499.6)
    const { body } = await ask(`${url}/status`)
    assert.deepEqual(body, {
      protocol: 1,
      epoch: 'e1',
      revision: 101,
      settled: true,
      graceMs: 3_000,
      services: 1,
      instances: 1,
      owners: [{ name: 'orders (process 1)', presence: 'connected', instances: 1 }],
      uptimeMs: 500,
    })
  })

  it('answers 404 and 405 in JSON', async t => {
    const { url } = await serveRest(t)
    assert.equal((await ask(`${url}/nothing`)).body.error.code, 'ERR_NOT_FOUND')
    const { status, headers } = await ask(`${url}/services/users/instances/u1`, { method: 'POST' })
    assert.deepEqual([status, headers.get('allow')], [405, 'DELETE, PATCH, PUT'])
  })

  it('ends its event streams when it is closed', async t => {
    const { url, frontend } = await serveRest(t)
    const stream = await events(t, `${url}/services/users/watch`)
    await stream.next()
    frontend.close()
    await assert.rejects(stream.next(), /the stream has ended/)
  })
})
