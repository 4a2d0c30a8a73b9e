import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { createInterface } from 'node:readline'
import { describe, it, type TestContext } from 'node:test'
import { observe } from '../../src/core/event.ts'
import { DnsServer } from '../../src/daemon/dns/dns-server.ts'
import { InsecureInterfaceError } from '../../src/daemon/errors.ts'
import type { Frontend } from '../../src/daemon/frontend.ts'
import { RegistryDaemon, type RegistryDaemonOptions } from '../../src/daemon/registry-daemon.ts'
import { RestFrontend } from '../../src/daemon/rest/rest-frontend.ts'
import { sendJson } from '../../src/web/json.ts'
import { SessionClient, until } from './session/session-client.ts'
import { temporaryFolder } from './temporary-folder.ts'

const users = (...ids: string[]) => ids.map(id => ({ service: 'users', id }))

async function daemonOf(t: TestContext, options: RegistryDaemonOptions = {}) {
  const daemon = new RegistryDaemon({ endpoint: 'tcp:0:interface=127.0.0.1', ...options })
  t.after(() => daemon.stop())
  await daemon.start()
  return { daemon, port: () => Number(new URL(daemon.endpoints[0] ?? '').port) }
}

/** A daemon as a process of its own; gone after the test. */
async function processOf(
  t: TestContext,
  { port = 0, folder, wrap = [] }: { port?: number; folder?: string; wrap?: string[] },
) {
  const script = new URL('registry-process.ts', import.meta.url).pathname
  const node = [process.execPath, '--conditions=ropewalk-development', script, `tcp:${port}:interface=127.0.0.1`]
  const [command = '', ...args] = [...wrap, ...node, ...(folder === undefined ? [] : [folder])]
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  t.after(() => kill(child))
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string]
  return { child, port: Number(new URL(line).port) }
}

async function kill(child: ChildProcess, signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill(signal)
  await once(child, 'exit')
}

/** The set of `users` as a newcomer sees it. */
async function usersAt(t: TestContext, port: number) {
  const client = await SessionClient.open(t, port)
  const welcome = await client.hello('observer')
  client.say({ type: 'watch', service: 'users' })
  const { instances, settled, revision, known } = await client.next('set')
  const statuses = instances.map(({ id, status = 'ready' }) => `${id} ${status}`)
  return { client, epoch: welcome.epoch, statuses, settled, revision, known }
}

async function socketTo(t: TestContext, port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1')
  t.after(() => socket.destroy())
  socket.on('error', () => {})
  socket.resume()
  await once(socket, 'connect')
  return socket
}

/** A small instance whose id tells the request it came with. */
const numbered = (seq: number) => ({ id: `i${seq}`, endpoints: ['tcp://127.0.0.1:1'], startedAt: 0 })

const idsOf = (statuses: readonly string[]) => new Set(statuses.map(status => status.split(' ')[0]))

/** What a connection is told when it asks: the beginning of the answer, or nothing where it is closed. */
async function told(t: TestContext, port: number): Promise<{ socket: Socket; line: string }> {
  const socket = connect(port, '127.0.0.1')
  t.after(() => socket.destroy())
  socket.on('error', () => {})
  const { promise, resolve } = Promise.withResolvers<string>()
  socket.once('data', bytes => resolve(bytes.toString().split('\r\n')[0] ?? '')).once('close', () => resolve(''))
  socket.write(`GET /api/v1/status HTTP/1.1\r\nhost: localhost:${port}\r\n\r\n`)
  return { socket, line: await promise }
}

/** Ten thousand connections, or as many as this process may have; not all at once, for the system holds no more than 511 that wait. */
async function silentConnections(t: TestContext, port: number): Promise<readonly Socket[]> {
  const { userLimits } = process.report.getReport() as { userLimits?: { open_files?: { hard?: unknown } } }
  const limit = Number(userLimits?.open_files?.hard)
  const count = limit > 0 ? Math.min(10_000, Math.floor(limit / 2)) : 10_000
  const sockets: Socket[] = []
  t.after(() => sockets.forEach(socket => socket.destroy()))
  while (sockets.length < count) {
    const next = Array.from({ length: Math.min(250, count - sockets.length) }, () => connect(port, '127.0.0.1'))
    sockets.push(...next)
    await Promise.all(next.map(socket => once(socket, 'connect')))
    for (const socket of next) socket.on('error', () => {})
  }
  return sockets
}

/** How many files and sockets a process has open, where the system tells. */
function openFiles({ pid }: ChildProcess): number {
  const folder = `/proc/${pid}/fd`
  return existsSync(folder) ? readdirSync(folder).length : 0
}

describe('RegistryDaemon', () => {
  it('takes as many connections of an address, and in all, as may be, closes one more, and then takes others again', async t => {
    for (const limit of [{ connectionsPerAddressMax: 2 }, { sessionsMax: 1 }]) {
      const { port } = await daemonOf(t, { ...limit, frontends: [new RestFrontend()] })
      const [first, second] = [await told(t, port()), await told(t, port())]
      assert.deepEqual([first.line, second.line], ['HTTP/1.1 200 OK', 'HTTP/1.1 200 OK'])
      assert.equal((await told(t, port())).line, '')
      first.socket.destroy()
      let line = ''
      while (line === '') ({ line } = await told(t, port()))
      assert.equal(line, 'HTTP/1.1 200 OK')
    }
  })

  it('serves sessions and frontends on one listener', async t => {
    const ends: string[] = []
    const frontend: Frontend = {
      mount: (router, { store }) => {
        router.route('GET', '/epoch', ({ response }) => sendJson(response, store.epoch))
      },
      leave: () => ends.push('leave'),
      close: () => ends.push('close'),
    }
    const { daemon, port } = await daemonOf(t, { frontends: [frontend] })
    const { epoch } = await usersAt(t, port())
    const answer = await fetch(`http://127.0.0.1:${port()}/epoch`)
    assert.equal(await answer.json(), epoch)
    await daemon.stop()
    assert.deepEqual(ends, ['leave', 'close'])
  })

  it('says at every start what is open to everybody, DNS too', async t => {
    const warnings: string[] = []
    t.after(observe('daemon', ({ event, message }) => void (event === 'daemon.insecure' && warnings.push(message))))
    // An address that no machine has, so that nobody is told in earnest.
    const dns = new DnsServer({ endpoint: 'tcp:0:interface=192.0.2.1', optional: true })
    const { daemon } = await daemonOf(t, { dns, insecure: true })
    await daemon.stop()
    await daemon.start()
    const open = 'The registry tells everybody by DNS what is registered'
    assert.deepEqual(warnings, [open, open])
    assert.throws(() => new RegistryDaemon({ dns }), InsecureInterfaceError)
  })

  it('refuses to listen where everybody may come from, unless told to', () => {
    assert.throws(() => new RegistryDaemon({ endpoint: 'tcp:8500' }), InsecureInterfaceError)
    assert.equal(new RegistryDaemon({ endpoint: 'tcp:8500', insecure: true }).status, 'idle')
  })

  it('refuses web pages of others, and names that may have been bound to it by them', async t => {
    const { daemon, port } = await daemonOf(t, { frontends: [new RestFrontend()] })
    const status = async (request: string) => {
      const socket = await socketTo(t, port())
      socket.write(`${request}\r\nContent-Length: 0\r\n\r\n`)
      return String(await once(socket, 'data')).slice(9, 12)
    }
    const register = 'PUT /api/v1/services/users/instances/a HTTP/1.1\r\n'
    const upgrade = `GET /api/v1/session HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${'A'.repeat(22)}==\r\n`
    for (const request of [register, upgrade]) {
      assert.equal(await status(`${request}Host: 127.0.0.1:${port()}\r\nOrigin: https://evil.example`), '403')
      assert.equal(await status(`${request}Host: evil.example:${port()}`), '403')
    }
    assert.equal(await status(`${upgrade}Host: localhost:${port()}\r\nOrigin: http://localhost:${port()}`), '101')
    assert.equal(daemon.store?.leases.count, 0)
  })

  it('is not settled for a while after a start without data', async t => {
    const { port } = await daemonOf(t, { settleMs: 5_000 })
    const { client, settled } = await usersAt(t, port())
    assert.equal(settled, false)
    assert.equal((await client.next('delta')).settled, true)
  })

  it('tells its clients to come back when it stops, and starts again empty under a new epoch', async t => {
    const { daemon, port } = await daemonOf(t)
    const { client, epoch, revision } = await usersAt(t, port())
    await client.register('a')
    await daemon.stop()
    assert.equal((await client.end()).code, 1012)
    await daemon.start()
    const again = await usersAt(t, port())
    assert.notEqual(again.epoch, epoch)
    assert.ok(again.revision > revision)
    assert.deepEqual([again.statuses, again.known, again.settled], [[], false, false])
  })

  it('stops gracefully with its data, and has them all when it starts again', async t => {
    const { daemon, port } = await daemonOf(t, { dataPath: await temporaryFolder(t) })
    const client = await SessionClient.open(t, port())
    const { epoch } = await client.hello('holder')
    for (const id of ['a', 'b']) await client.register(id)
    await daemon.stop()
    await daemon.start()
    const again = await usersAt(t, port())
    assert.deepEqual([again.epoch, again.statuses, again.settled], [epoch, ['a unconfirmed', 'b unconfirmed'], true])
  })
})

describe('A registry process that is killed', () => {
  it('serves what it knew when it is back with its data: confirmed by resumption, or gone after the grace', async t => {
    const folder = await temporaryFolder(t)
    const { child, port } = await processOf(t, { folder })
    const [kept, lost] = [await SessionClient.open(t, port), await SessionClient.open(t, port)]
    const { epoch } = await kept.hello('kept')
    await lost.hello('lost')
    await kept.register('a', { ttlMs: 1_000 })
    await lost.register('b', { ttlMs: 1_000 })
    await kill(child)
    await processOf(t, { folder, port })

    const observer = await usersAt(t, port)
    assert.deepEqual(
      [observer.epoch, observer.settled, observer.statuses],
      [epoch, true, ['a unconfirmed', 'b unconfirmed']],
    )
    const resumed = await SessionClient.open(t, port)
    assert.deepEqual((await resumed.hello('kept', users('a'))).held, users('a'))
    const { changed } = await observer.client.next('delta')
    assert.deepEqual(changed, [{ id: 'a', status: 'ready' }])
    await observer.client.next('delta', ({ gone }) => gone?.[0] === 'b')
  })

  it('knows nothing when it is back without data, and says that it cannot vouch for it', async t => {
    const { child, port } = await processOf(t, {})
    const client = await SessionClient.open(t, port)
    const { epoch } = await client.hello('holder')
    await client.register('a')
    const before = await usersAt(t, port)
    await kill(child)
    await processOf(t, { port })
    const after = await usersAt(t, port)
    assert.notEqual(after.epoch, epoch)
    assert.deepEqual([after.statuses, after.settled], [[], false])
    assert.ok(after.revision > before.revision)
    const resumed = await SessionClient.open(t, port)
    assert.deepEqual((await resumed.hello('holder', users('a'))).held, [])
  })

  it('has lost nothing that it had confirmed, wherever it was', async t => {
    const folder = await temporaryFolder(t)
    const { child, port } = await processOf(t, { folder })
    const client = await SessionClient.open(t, port)
    await client.hello('holder')
    for (let seq = 1; seq <= 3_000; seq++) {
      client.say({ type: 'register', seq, service: 'users', instance: numbered(seq), ttlMs: 60_000 })
    }
    await until(() => client.heard.length > 500, 'some are confirmed')
    await kill(child)
    const confirmed = client.heard.map(message => (message.type === 'ok' ? `i${message.seq} unconfirmed` : ''))
    await processOf(t, { folder, port })
    const { statuses } = await usersAt(t, port)
    const there = new Set(statuses)
    assert.deepEqual(
      confirmed.filter(status => !there.has(status)),
      [],
    )
  })
})

describe('A registry process whose disk is full', () => {
  it('refuses what it cannot keep, stays up, and has what it had confirmed when it comes back', async t => {
    const folder = await temporaryFolder(t)
    const wrap = ['sh', '-c', 'ulimit -f 1000; exec "$@"', 'sh']
    const { child, port } = await processOf(t, { folder, wrap })
    const client = await SessionClient.open(t, port)
    await client.hello('holder')
    const metadata = { filling: 'x'.repeat(20_000) }
    const confirmed: string[] = []
    let refusal: string | undefined
    for (let seq = 1; refusal === undefined && seq < 500; seq++) {
      const instance = { ...numbered(seq), metadata }
      client.say({ type: 'register', seq, service: 'users', instance, ttlMs: 60_000 })
      await until(() => client.heard.some(message => 'seq' in message && message.seq === seq), 'there is an answer')
      const answer = client.heard.find(message => 'seq' in message && message.seq === seq)
      if (answer?.type === 'ok') confirmed.push(`i${seq}`)
      else refusal = answer?.type === 'error' ? answer.code : answer?.type
    }
    assert.equal(refusal, 'ERR_JOURNAL')
    assert.ok(confirmed.length > 5)
    assert.deepEqual(idsOf((await usersAt(t, port)).statuses), new Set(confirmed))
    await kill(child)
    await processOf(t, { folder, port })
    assert.deepEqual(idsOf((await usersAt(t, port)).statuses), new Set(confirmed))
  })
})

describe('Garbage on the port of a registry', () => {
  it('is answered or cut off, whatever it is, and everybody else is served', async t => {
    const { daemon, port } = await daemonOf(t)
    const garbage = [
      Buffer.from(Array.from({ length: 4_096 }, (_, at) => (at * 7919) % 256)),
      'GET / HTTP/1.1\r\nHost: ',
      'GET / HTTP/1.1\r\nContent-Length: -5\r\n\r\n',
      'POST /api/v1/session HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n',
      `GET / HTTP/1.1\r\nHost: x\r\nFilling: ${'x'.repeat(1_000_000)}\r\n\r\n`,
      'GET /api/v1/session HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
      'GET /api/v1/session HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n',
      '\u0016\u0003\u0001\u0002\u0000\u0001',
    ]
    for (const bytes of garbage) {
      const socket = await socketTo(t, port())
      socket.end(bytes)
    }
    const { statuses } = await usersAt(t, port())
    assert.deepEqual([statuses, daemon.status], [[], 'ready'])
  })

  it('does no harm as ten thousand connections that say nothing, nor when they go', async t => {
    const { child, port } = await processOf(t, {})
    const before = openFiles(child)
    const sockets = await silentConnections(t, port)
    const { statuses } = await usersAt(t, port)
    assert.deepEqual(statuses, [])
    for (const socket of sockets) socket.destroy()
    await until(() => openFiles(child) <= before + 1, 'only the session is left')
    assert.deepEqual((await usersAt(t, port)).statuses, [])
  })
})
