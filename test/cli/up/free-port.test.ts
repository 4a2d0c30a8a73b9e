import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { describe, it } from 'node:test'
import { freePort } from '../../../src/cli/up/free-port.ts'

async function listenOn(port: number) {
  const server = createServer().listen(port, '127.0.0.1')
  await once(server, 'listening')
  return server
}

describe('freePort', () => {
  it('is a port one can listen on, which the system gives to no connection', async t => {
    const port = await freePort()
    const server = await listenOn(port)
    t.after(() => server.close())
    assert.ok(port < 32_768)
  })

  it('is another one when somebody listens there', async t => {
    const taken = await freePort()
    const server = await listenOn(taken)
    t.after(() => server.close())
    const chances = [(taken - 20_000 + 0.5) / 12_768, 0.5]
    assert.notEqual(await freePort({ next: () => chances.shift() ?? Math.random() }), taken)
  })

  it('is left to the system when all that are tried are taken', async t => {
    const taken = await freePort()
    const server = await listenOn(taken)
    t.after(() => server.close())
    const port = await freePort({ next: () => (taken - 20_000 + 0.5) / 12_768 })
    assert.ok(port > 0 && port !== taken)
  })
})
