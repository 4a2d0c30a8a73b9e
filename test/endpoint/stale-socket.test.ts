import assert from 'node:assert/strict'
import { existsSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { once } from 'node:events'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { systemClock } from '../../src/core/clock.ts'
import { removeStaleSocket } from '../../src/endpoint/stale-socket.ts'
import { folder, leaveSocket } from './sandbox.ts'

describe('removeStaleSocket', () => {
  it('removes a socket whose process was killed', async t => {
    const path = join(folder(t), 's')
    leaveSocket(path)
    assert.equal(await removeStaleSocket(path, systemClock), true)
    assert.equal(existsSync(path), false)
  })

  it('leaves a socket alone that somebody answers on', async t => {
    const path = join(folder(t), 's')
    const server = createServer().listen(path)
    t.after(() => server.close())
    await once(server, 'listening')
    assert.equal(await removeStaleSocket(path, systemClock), false)
    assert.equal(existsSync(path), true)
  })

  it('leaves a file alone that is not a socket', async t => {
    const path = join(folder(t), 's')
    writeFileSync(path, 'precious')
    await assert.rejects(removeStaleSocket(path, systemClock), { code: 'ERR_SOCKET_PATH_OCCUPIED' })
    assert.equal(existsSync(path), true)
  })

  it('has nothing to do where no file is', async t => {
    assert.equal(await removeStaleSocket(join(folder(t), 's'), systemClock), true)
  })
})
