import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { Link, type LinkOptions } from '../../../src/adapters/zookeeper/link.ts'
import { exists, getChildren, getData, remove, sync } from '../../../src/adapters/zookeeper/operations.ts'
import { Session } from '../../../src/adapters/zookeeper/session.ts'
import type { WatchEvent } from '../../../src/adapters/zookeeper/watches.ts'
import { FakeClock } from '../../../src/testing/fake-clock.ts'
import { ScriptedServer } from './scripted-server.ts'

const OPCODE = { getData: 4, ping: 11, auth: 100, addWatch: 106, removeWatches: 18 }

function opening(options: Partial<LinkOptions> = {}) {
  const server = new ScriptedServer()
  const clock = new FakeClock()
  const session = new Session(6_000)
  const all: LinkOptions = {
    clock,
    dial: server.dial,
    server: { host: 'localhost' },
    session,
    sessionMs: 6_000,
    credentials: undefined,
    ...options,
  }
  const opened = Link.open(all, new AbortController().signal)
  opened.catch(() => {})
  return { server, clock, session, opened }
}

async function open(options: Partial<LinkOptions> = {}) {
  const { opened, ...parts } = opening(options)
  await parts.clock.settle()
  parts.server.grant()
  return { ...parts, link: await opened }
}

describe('Link', () => {
  it('asks for a session, and has what the server grants', async () => {
    const { server, session, link } = await open()
    assert.deepEqual(server.greeting, { timeoutMs: 6_000, id: 0n })
    assert.deepEqual([session.id, session.timeoutMs, link.lost.aborted], [7n, 6_000, false])
  })

  it('rejects when the session is over, and the session knows', async () => {
    const { server, clock, session, opened } = opening()
    await clock.settle()
    server.grant({ timeoutMs: 0, id: 0n })
    await assert.rejects(opened, { code: 'ERR_ZOOKEEPER_SESSION_EXPIRED' })
    assert.equal(session.expired.aborted, true)
    assert.ok(server.closedFor)
  })

  it('says who it is before anything else', async () => {
    const { server, clock } = await open({ credentials: { user: 'u', password: 'pw' } })
    await clock.settle()
    const [first] = server.requests
    assert.deepEqual([first?.xid, first?.opcode], [-4, OPCODE.auth])
    first?.rest.int()
    assert.deepEqual([first?.rest.string(), first?.rest.buffer().toString()], ['digest', 'u:pw'])
  })

  it('matches answers with requests by their order', async () => {
    const { server, clock, link } = await open()
    const asked = [link.request(sync('/a')), link.request(exists('/a')), link.request(getChildren('/b'))]
    await clock.settle()
    const [first, second, third] = server.requests.map(({ xid }) => xid)
    server.answer(first!, { write: writer => writer.string('/a') })
    server.answer(second!, { code: -101, zxid: 5n })
    server.answer(third!, { code: -102 })
    assert.deepEqual(await asked[1], { zxid: 5, result: undefined })
    await assert.rejects(asked[2]!, { code: 'ERR_ZOOKEEPER_ACCESS', path: '/b' })
  })

  it('says what ZooKeeper refused', async () => {
    const { server, clock, link } = await open()
    const asked = link.request(remove('/a', 3))
    await clock.settle()
    server.answer(server.requests[0]!.xid, { code: -103 })
    await assert.rejects(asked, { code: 'ERR_ZOOKEEPER_REFUSED', reason: 'BadVersion', path: '/a' })
  })

  it('ends with an answer out of turn, and rejects all that waits', async () => {
    const { server, clock, link } = await open()
    const asked = [link.request(exists('/a')), link.request(exists('/b'))]
    const rejected = Promise.all(asked.map(one => assert.rejects(one, { code: 'ERR_ZOOKEEPER_PROTOCOL' })))
    await clock.settle()
    server.answer(server.requests[1]!.xid, { code: -101 })
    await rejected
    assert.equal(link.lost.aborted, true)
    await assert.rejects(link.request(exists('/c')), { code: 'ERR_ZOOKEEPER_PROTOCOL' })
    assert.equal(clock.pending, 0)
  })

  it('ends when the session has moved to another server', async () => {
    const { server, clock, link } = await open()
    const rejected = assert.rejects(link.request(exists('/a')), { code: 'ERR_ZOOKEEPER_CONNECTION' })
    await clock.settle()
    server.answer(server.requests[0]!.xid, { code: -118 })
    await rejected
    assert.equal(link.lost.aborted, true)
  })

  it('pings often enough, and takes a server that is silent for half of the timeout for gone', async () => {
    const { server, clock, link } = await open()
    await clock.advance(2_000)
    assert.deepEqual(
      server.requests.map(({ xid, opcode }) => [xid, opcode]),
      [
        [-2, OPCODE.ping],
        [-2, OPCODE.ping],
      ],
    )
    server.answer(-2)
    await clock.advance(2_900)
    assert.equal(link.lost.aborted, false)
    await clock.advance(1_200)
    assert.equal(link.lost.aborted, true)
    assert.equal(clock.pending, 0)
  })

  it('tells an event to those who listen at its path and one level above', async () => {
    const { server, clock, link } = await open()
    const heard: WatchEvent[] = []
    const watching = [
      link.watch('/a', 'tree', event => heard.push(event)),
      link.watch('/b', 'tree', () => assert.fail()),
    ]
    await clock.settle()
    for (const { xid } of server.requests) server.answer(xid)
    await Promise.all(watching)
    server.event(1, '/a/x')
    server.event(2, '/a')
    server.event(3, '/a/x/y')
    assert.deepEqual(heard, [
      { kind: 'created', path: '/a/x' },
      { kind: 'deleted', path: '/a' },
    ])
  })

  it('sets one watch for all who watch a path, and takes it away with the last', async () => {
    const { server, clock, link } = await open()
    const watching = [link.watch('/a', 'tree', () => {}), link.watch('/a', 'tree', () => {})]
    await clock.settle()
    for (const { xid } of server.requests) server.answer(xid)
    const [leave, leaveToo] = await Promise.all(watching)
    leave?.()
    await clock.settle()
    assert.equal(server.requests.length, 1)
    leaveToo?.()
    await clock.settle()
    assert.deepEqual(
      server.requests.map(({ opcode }) => opcode),
      [OPCODE.addWatch, OPCODE.removeWatches],
    )
  })

  it('lets nobody who watches a path go on before the server has answered the first', async () => {
    const { server, clock, link } = await open()
    let going = 0
    const watch = async () => {
      await link.watch('/a', 'tree', () => {})
      going++
    }
    const watching = [watch(), watch()]
    await clock.settle()
    assert.equal(going, 0)
    server.answer(server.requests[0]!.xid)
    await Promise.all(watching)
    assert.equal(going, 2)
  })

  it('rejects for all who watch a path when the server refuses, and asks again for whoever comes then', async () => {
    const { server, clock, link } = await open()
    const watching = [link.watch('/a', 'tree', () => {}), link.watch('/a', 'tree', () => {})]
    const rejected = Promise.all(watching.map(one => assert.rejects(one, { code: 'ERR_ZOOKEEPER_ACCESS' })))
    await clock.settle()
    server.answer(server.requests[0]!.xid, { code: -102 })
    await rejected
    const again = link.watch('/a', 'tree', () => {})
    await clock.settle()
    assert.deepEqual(
      server.requests.map(({ opcode }) => opcode),
      [OPCODE.addWatch, OPCODE.removeWatches, OPCODE.addWatch],
    )
    for (const { xid } of server.requests.slice(1)) server.answer(xid)
    await again
  })

  it('survives whatever a server may say: everything is answered, and the connection ends', async () => {
    const frame = fc.uint8Array({ maxLength: 80 })
    const header = fc.tuple(fc.constantFrom(-1, -2, -4, 1, 2), fc.uint8Array({ maxLength: 60 }))
    const garbage = fc.oneof(
      frame,
      header.map(([xid, rest]) => {
        const bytes = Buffer.alloc(4 + rest.length)
        bytes.writeInt32BE(xid)
        bytes.set(rest, 4)
        return bytes
      }),
    )
    await fc.assert(
      fc.asyncProperty(fc.boolean(), fc.array(garbage, { maxLength: 5 }), async (isGranted, frames) => {
        const { server, clock, opened } = opening()
        await clock.settle()
        if (isGranted) server.grant()
        const link = isGranted ? await opened : undefined
        const asked = link ? [link.request(getData('/a')), link.request(getChildren('/a'))] : [opened]
        const settled = Promise.allSettled(asked)
        await clock.settle()
        for (const bytes of frames) server.sayBytes(Buffer.from(bytes))
        server.close(new Error('the end'))
        await settled
        assert.equal(clock.pending, 0)
      }),
      { numRuns: 200 },
    )
  })
})
