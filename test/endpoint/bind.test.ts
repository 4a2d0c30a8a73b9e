import assert from 'node:assert/strict'
import { statSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { systemClock } from '../../src/core/clock.ts'
import { bind } from '../../src/endpoint/bind.ts'
import type { Endpoint } from '../../src/endpoint/endpoint.ts'
import { folder, leaveSocket } from './sandbox.ts'

async function bound(t: TestContext, endpoint: Endpoint): Promise<Server> {
  const server = createServer()
  t.after(() => server.close())
  await bind(server, endpoint, systemClock)
  return server
}

describe('bind', () => {
  it('says which port is taken', async t => {
    const { port } = (await bound(t, { scheme: 'tcp', host: '127.0.0.1', port: 0 })).address() as { port: number }
    await assert.rejects(bound(t, { scheme: 'tcp', host: '127.0.0.1', port }), {
      code: 'ERR_ADDRESS_IN_USE',
      endpoint: `tcp://127.0.0.1:${port}`,
    })
  })

  it('says that the machine has no such interface', async t => {
    for (const host of ['192.0.2.1', 'no-such-host.invalid']) {
      await assert.rejects(bound(t, { scheme: 'tcp', host, port: 0 }), { code: 'ERR_INTERFACE_UNAVAILABLE' })
    }
  })

  it('gives a socket file its mode', async t => {
    const path = join(folder(t), 's')
    await bound(t, { scheme: 'unix', path, mode: 0o660 })
    assert.equal(statSync(path).mode & 0o777, 0o660)
  })

  it('leaves the umask as it was', async t => {
    const before = process.umask()
    await bound(t, { scheme: 'unix', path: join(folder(t), 's'), mode: 0o600 })
    assert.equal(process.umask(), before)
  })

  it('takes the place of a killed process', async t => {
    const path = join(folder(t), 's')
    leaveSocket(path)
    assert.equal((await bound(t, { scheme: 'unix', path })).listening, true)
  })

  it('does not take the place of a live one, nor of a file', async t => {
    const path = join(folder(t), 's')
    await bound(t, { scheme: 'unix', path })
    await assert.rejects(bound(t, { scheme: 'unix', path }), { code: 'ERR_ADDRESS_IN_USE', endpoint: `unix:${path}` })
    writeFileSync(`${path}2`, '')
    await assert.rejects(bound(t, { scheme: 'unix', path: `${path}2` }), { code: 'ERR_SOCKET_PATH_OCCUPIED' })
  })

  it('tells a missing folder from a missing right', async t => {
    const path = join(folder(t), 'missing', 's')
    await assert.rejects(bound(t, { scheme: 'unix', path }), {
      code: 'ERR_LISTEN_FAILED',
      message: /: the folder does not exist; make it/,
    })
  })

  it('says that a right is missing', async t => {
    const server = createServer()
    t.mock.method(server, 'listen', () => {
      queueMicrotask(() => server.emit('error', Object.assign(new Error('listen EACCES'), { code: 'EACCES' })))
      return server
    })
    await assert.rejects(bind(server, { scheme: 'tcp', port: 80 }, systemClock), { code: 'ERR_LISTEN_PERMISSION' })
  })
})
