import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { describe, it } from 'node:test'
import { freePort } from '../../../src/cli/up/free-port.ts'

describe('freePort', () => {
  it('is a port one can listen on', async () => {
    const server = createServer().listen(await freePort(), '127.0.0.1')
    await once(server, 'listening')
    server.close()
    await once(server, 'close')
    assert.ok(!server.listening)
  })
})
