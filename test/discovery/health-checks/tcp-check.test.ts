import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { describe, it } from 'node:test'
import { tcpCheck } from '../../../src/discovery/health-checks/tcp-check.ts'

const { signal } = new AbortController()

describe('tcpCheck', () => {
  it('passes while somebody listens, and leaves no connection behind', async () => {
    const server = createServer()
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const connected = once(server, 'connection')
    await tcpCheck({ port }).check({ signal })
    await tcpCheck(() => ({ port, host: 'localhost' })).check({ signal })
    await connected
    server.close()
    await once(server, 'close')
    await assert.rejects(tcpCheck({ port }).check({ signal }), { code: 'ECONNREFUSED' })
  })

  it('is given up when its signal aborts', async () => {
    await assert.rejects(tcpCheck({ port: 9 }).check({ signal: AbortSignal.abort() }), { name: 'AbortError' })
  })
})
