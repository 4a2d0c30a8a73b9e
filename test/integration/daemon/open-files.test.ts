import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { describe, it, type TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import { until } from '../../daemon/session/session-client.ts'
import { folder } from '../../endpoint/sandbox.ts'

const BIN = fileURLToPath(new URL('../../../bin/ropewalk.js', import.meta.url))
const FILES = 100

/** `ropewalk registry` as a process that may have no more than a hundred files open. */
async function limited(t: TestContext) {
  const args = [BIN, 'registry', '--listen', 'tcp:0:interface=127.0.0.1', '--data', join(folder(t), 'data')]
  const child = spawn('sh', ['-c', `ulimit -n ${FILES}; exec "$0" "$@"`, process.execPath, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ROPEWALK_LOG: '' },
  })
  const ended = once(child, 'exit')
  t.after(async () => {
    child.kill('SIGKILL')
    await ended
  })
  const log = { text: '' }
  child.stderr.on('data', part => (log.text += part))
  const [url] = (await once(createInterface(child.stdout), 'line')) as [string]
  return { child, log, port: Number(new URL(url).port) }
}

async function opened(t: TestContext, port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1')
  t.after(() => socket.destroy())
  socket.on('error', () => {}).resume()
  await Promise.race([once(socket, 'connect'), once(socket, 'close')])
  return socket
}

async function register(port: number, id: string): Promise<number> {
  const body = JSON.stringify({ endpoints: ['tcp://h:1'] })
  const headers = { connection: 'close' }
  const url = `http://127.0.0.1:${port}/api/v1/services/users/instances/${id}`
  return (await fetch(url, { method: 'PUT', body, headers })).status
}

describe(
  'A registry daemon that runs out of files',
  { skip: process.platform === 'win32' && 'there is no ulimit' },
  () => {
    it('says so once, lives, and takes connections and writes again when there is room', async t => {
      const { child, log, port } = await limited(t)
      assert.equal(await register(port, 'before'), 201)
      const sockets: Socket[] = []
      for (let count = 0; count < 2 * FILES; count++) sockets.push(await opened(t, port))
      const told = () => log.text.match(/can open no more files and connections/g)?.length ?? 0
      await until(() => told() === 1, 'it is told')
      assert.match(log.text, /EMFILE.*ulimit -n/s)
      if (process.platform === 'linux') assert.match(log.text, new RegExp(`which is ${FILES}`))
      await assert.rejects(register(port, 'meanwhile'))
      for (const socket of sockets) socket.destroy()
      let status: number | undefined
      while (status === undefined) status = await register(port, 'after').catch(() => undefined)
      assert.deepEqual([status, told(), child.exitCode], [201, 1, null])
      const answer = await fetch(`http://127.0.0.1:${port}/api/v1/services/users`, { headers: { connection: 'close' } })
      const { instances } = (await answer.json()) as { instances: { id: string }[] }
      assert.deepEqual(
        instances.map(({ id }) => id),
        ['after', 'before'],
      )
    })
  },
)
