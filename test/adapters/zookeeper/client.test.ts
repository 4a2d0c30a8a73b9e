import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { after, before, describe, it } from 'node:test'
import type { ZookeeperClient } from '../../../src/adapters/zookeeper/client.ts'
import type { Dial } from '../../../src/adapters/zookeeper/connection.ts'
import { create, exists, getData, OPEN_ACL, setData } from '../../../src/adapters/zookeeper/operations.ts'
import { freePort } from '../../../src/cli/up/free-port.ts'
import { FakeClock } from '../../../src/testing/fake-clock.ts'
import { TcpRelay } from '../../../src/testing/tcp-relay.ts'
import { missingEngine, startZooKeeper } from '../../engines/engines.ts'
import { clientTo } from './client-to.ts'
import { ScriptedServer } from './scripted-server.ts'
import { until } from './until.ts'

const DATA = Buffer.from('data')

async function createNode(client: ZookeeperClient, path: string): Promise<void> {
  const link = await client.link()
  await link.request(create({ path, data: DATA, acl: OPEN_ACL, mode: 'session' }))
}

describe('ZookeeperClient', { skip: missingEngine('zookeeper') }, () => {
  let zooKeeper: Awaited<ReturnType<typeof startZooKeeper>>
  let port = 0

  before(async () => {
    zooKeeper = await startZooKeeper()
    port = zooKeeper.ports.client
  })
  after(() => zooKeeper.stop())

  /** What another client reads. */
  async function read(path: string): Promise<string | undefined> {
    await using other = clientTo([port])
    const { result } = await (await other.client.link()).request(getData(path))
    return result?.data.toString()
  }

  it('speaks with a real ZooKeeper', async () => {
    await using one = clientTo([port])
    const link = await one.client.link()
    const written = await link.request(create({ path: '/spoken', data: DATA, acl: OPEN_ACL, mode: 'persistent' }))
    const { result: stat } = await link.request(exists('/spoken'))
    assert.equal(stat?.createdAt, written.zxid)
    const changed = await link.request(setData('/spoken', Buffer.from('other'), 0))
    assert.deepEqual([changed.result.version, changed.result.writtenAt], [1, changed.zxid])
    await assert.rejects(link.request(setData('/spoken', DATA, 0)), { reason: 'BadVersion' })
    assert.equal(await read('/spoken'), 'other')
  })

  it('takes the same session up when its connection is lost, and keeps what lives by it', async () => {
    await using relay = await TcpRelay.listen({ port })
    await using one = clientTo([relay.port])
    await createNode(one.client, '/kept')
    const { session } = await one.client.link()
    relay.cut()
    await until(() => one.losses.length > 0, 'the connection is lost')
    const link = await one.client.link()
    assert.equal(link.session, session)
    assert.equal(session.expired.aborted, false)
    assert.equal(await read('/kept'), 'data')
  })

  it('goes on at another server when its own is gone, and begins with one that can be reached', async () => {
    await using relays = await twoRelays(port)
    await using one = clientTo([await freePort(), relays.first.port, relays.second.port])
    const { session } = await one.client.link()
    const [used, other] = relays.first.connections > 0 ? [relays.first, relays.second] : [relays.second, relays.first]
    used.refuse()
    await until(() => other.connections > 0, 'it is at the other server')
    assert.equal((await one.client.link()).session, session)
  })

  it('begins another session when the ensemble has ended its own', async () => {
    await using relay = await TcpRelay.listen({ port })
    await using one = clientTo([relay.port], { sessionMs: 1_500 })
    await createNode(one.client, '/gone')
    const { session } = await one.client.link()
    relay.refuse()
    await until(async () => (await read('/gone')) === undefined, 'the session has ended')
    relay.heal()
    await until(() => session.expired.aborted, 'the client knows')
    const link = await one.client.link()
    assert.notEqual(link.session.id, session.id)
    assert.equal(session.expired.reason.code, 'ERR_ZOOKEEPER_SESSION_EXPIRED')
  })

  it('begins another session at once when the ensemble has lost its data', async () => {
    await using one = clientTo([port])
    const { session } = await one.client.link()
    await zooKeeper.restart({ empty: true })
    await until(() => session.expired.aborted, 'the client knows')
    const { result } = await (await one.client.link()).request(exists('/'))
    assert.ok(result)
  })

  it('notices a server that says nothing more, in half of the timeout', async () => {
    await using relay = await TcpRelay.listen({ port })
    await using one = clientTo([relay.port], { sessionMs: 2_000 })
    const { session } = await one.client.link()
    relay.halfOpen()
    await until(() => one.losses.some(({ message }) => message.includes('silent')), 'it is noticed')
    assert.equal((await one.client.link()).session, session)
  })

  it('shortens the session for what is to live shorter', async () => {
    await using one = clientTo([port], { sessionMs: 20_000 })
    const { session } = await one.client.link()
    one.client.shorten(30_000)
    assert.equal(session.timeoutMs, 20_000)
    one.client.shorten(5_000)
    await until(() => session.timeoutMs === 5_000, 'the server has granted it')
    one.client.shorten(1)
    await until(() => session.timeoutMs < 5_000, 'the server has granted the least')
    const [{ length }, least] = [one.losses, session.timeoutMs]
    one.client.shorten(0.5)
    await (await one.client.link()).request(exists('/'))
    assert.deepEqual([one.losses.length, session.timeoutMs], [length, least])
  })

  it('says why it cannot connect, at once when every server refuses', async () => {
    await using one = clientTo([await freePort(), await freePort()])
    await assert.rejects(one.client.link(), { code: 'ECONNREFUSED' })
    const aborted = AbortSignal.abort(new Error('given up'))
    await assert.rejects(one.client.link({ signal: aborted }), /given up|ECONNREFUSED/)
  })

  it('does not storm a server that refuses every session', async () => {
    const clock = new FakeClock()
    const servers: ScriptedServer[] = []
    const dial: Dial = options => {
      const server = new ScriptedServer()
      servers.push(server)
      return server.dial(options)
    }
    const { client } = clientTo([port], { clock, dial, random: { next: () => 0.5 } })
    const refused = assert.rejects(client.link(), { code: 'ERR_ZOOKEEPER_SESSION_EXPIRED' })
    await clock.settle()
    servers[0]?.grant({ timeoutMs: 0, id: 0n })
    await refused
    await clock.settle()
    assert.equal(servers.length, 1)
    await clock.advance(1_000)
    assert.equal(servers.length, 2)
    await client.close(new Error('closed'))
  })

  it('takes what is no ZooKeeper for what it is', async () => {
    await using other = await httpServer()
    await using one = clientTo([(other.address() as AddressInfo).port])
    await assert.rejects(one.client.link(), { code: 'ERR_ZOOKEEPER_PROTOCOL' })
  })

  it('survives a network that gives every byte for itself', async () => {
    await using relay = await TcpRelay.listen({ port })
    relay.trickle()
    await using one = clientTo([relay.port])
    await createNode(one.client, '/trickled')
    const { result } = await (await one.client.link()).request(getData('/trickled'))
    assert.equal(result?.data.toString(), 'data')
  })

  it('ends its session when it is closed, and what lives by it', async () => {
    const { client } = clientTo([port])
    await createNode(client, '/closed')
    const reason = new Error('closed')
    await Promise.all([client.close(reason), client.close(reason)])
    await assert.rejects(client.link(), reason)
    assert.equal(await read('/closed'), undefined)
  })
})

/** Something that says what ZooKeeper never would. */
async function httpServer() {
  const server = createServer(socket => {
    socket.on('error', () => {})
    socket.resume().end('HTTP/1.1 400 Bad Request\r\n\r\n')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return server
}

async function twoRelays(port: number) {
  const [first, second] = [await TcpRelay.listen({ port }), await TcpRelay.listen({ port })]
  return {
    first,
    second,
    async [Symbol.asyncDispose]() {
      await Promise.all([first[Symbol.asyncDispose](), second[Symbol.asyncDispose]()])
    },
  }
}
