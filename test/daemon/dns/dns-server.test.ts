import assert from 'node:assert/strict'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { describe, it, type TestContext } from 'node:test'
import type { DnsCatalog } from '../../../src/daemon/dns/catalog.ts'
import { DnsServer, type DnsServerOptions } from '../../../src/daemon/dns/dns-server.ts'
import { RegistryDaemon } from '../../../src/daemon/registry-daemon.ts'
import { createInstance } from '../../../src/discovery/create-instance.ts'
import { observe } from '../../../src/core/event.ts'
import { bindOnePort } from './one-port.ts'
import { askByUdp, queryFor, readAnswer } from './queries.ts'

const LOCAL = 'tcp:0:interface=127.0.0.1'

/** A daemon that answers DNS, with one instance of `web`. */
async function served(t: TestContext, options: DnsServerOptions = {}) {
  const dns = new DnsServer({ endpoint: LOCAL, nodeName: 'mast', ...options })
  const daemon = new RegistryDaemon({ endpoint: LOCAL, dns })
  t.after(() => daemon.stop())
  await daemon.start()
  const { store } = daemon
  assert.ok(store)
  const register = (id: string, endpoint: string) => {
    const owner = store.leases.connect({ id: `session:${id}`, name: id })
    store.leases.register(owner, createInstance({ serviceName: 'web', id, endpoints: [endpoint] }), 60_000)
  }
  register('w1', 'tcp://10.0.0.1:80')
  return { daemon, dns, register, port: dns.endpoint.port }
}

async function openTcp(t: TestContext, port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1')
  t.after(() => socket.destroy())
  socket.on('error', () => {})
  await once(socket, 'connect')
  return socket
}

function framed(...messages: Buffer[]): Buffer {
  return Buffer.concat(messages.flatMap(message => [Buffer.from([message.length >> 8, message.length & 255]), message]))
}

/** Reads so many messages. */
async function readTcp(socket: Socket, count: number): Promise<Buffer[]> {
  const messages: Buffer[] = []
  let received: Buffer = Buffer.alloc(0)
  while (messages.length < count) {
    const [part] = (await once(socket, 'data')) as [Buffer]
    received = Buffer.concat([received, part])
    while (received.length >= 2 && received.length >= 2 + received.readUInt16BE(0)) {
      const end = 2 + received.readUInt16BE(0)
      messages.push(received.subarray(2, end))
      received = received.subarray(end)
    }
  }
  return messages
}

/** A server for other names that answers with a code, to UDP and TCP. */
async function startOther(t: TestContext, code: number) {
  const { udp, tcp, port } = await bindOnePort()
  t.after(() => (udp.close(), tcp.close()))
  const asked: number[] = []
  const answer = (message: Buffer) => {
    asked.push(message.readUInt16BE(0))
    const bytes = Buffer.from(message)
    bytes.writeUInt16BE(0x8180 | code, 2)
    return bytes
  }
  udp.on('message', (message, from) => {
    udp.send(Buffer.from('garbage that is no answer'), from.port, from.address)
    udp.send(answer(message), from.port, from.address)
  })
  tcp.on('connection', socket => socket.once('data', (data: Buffer) => socket.write(framed(answer(data.subarray(2))))))
  return { address: `127.0.0.1:${port}`, asked }
}

/** Knows no service, and fails at `web`. */
const mistaken: DnsCatalog = {
  instances: name => {
    if (name === 'web') throw new RangeError('no such port')
    return []
  },
  ready: () => undefined,
  node: () => undefined,
  prepared: () => undefined,
  holder: () => undefined,
}

const refused = (options: DnsServerOptions, code: string) => assert.throws(() => new DnsServer(options), { code })

describe('DnsServer', () => {
  it('answers from what is registered, by UDP and by TCP on the same port', async t => {
    const { port, register } = await served(t)
    const query = queryFor('web.service.ropewalk', 'SRV')
    const answer = readAnswer(await askByUdp(port, query))
    assert.deepEqual(answer.answers, ['web.service.ropewalk 0 SRV 1 1 80 0a000001.addr.dc1.ropewalk'])
    register('w2', 'tcp://10.0.0.2:80')
    const socket = await openTcp(t, port)
    socket.write(framed(query))
    const [bytes = Buffer.alloc(0)] = await readTcp(socket, 1)
    assert.equal(readAnswer(bytes).answers.length, 2)
  })

  it('names its machine and the time that answers may be kept', async t => {
    const { port } = await served(t, { ttlMs: 5_900, domains: ['Example.Test'], datacenter: 'north' })
    const answer = readAnswer(await askByUdp(port, queryFor('mast.node.north.example.test', 'A')))
    assert.deepEqual(answer.answers, ['mast.node.north.example.test 5 A 127.0.0.1'])
  })

  it('answers any number of queries on a TCP connection, in whatever pieces they come, also after its end', async t => {
    const { port } = await served(t)
    const socket = await openTcp(t, port)
    const bytes = framed(...Array.from({ length: 50 }, (_, id) => queryFor('web.service.consul', 'A', { id })))
    for (let at = 0; at < bytes.length; at += 700) socket.write(bytes.subarray(at, at + 700))
    socket.end()
    const answers = await readTcp(socket, 50)
    assert.deepEqual(
      answers.map(answer => answer.readUInt16BE(0)),
      Array.from({ length: 50 }, (_, id) => id),
    )
    await once(socket, 'close')
  })

  it('cuts off who sends no queries by TCP, and closes a connection that says nothing', async t => {
    const { port } = await served(t, { idleMs: 50 })
    for (const bytes of [
      Buffer.from([0, 3, 1, 2, 3]),
      Buffer.from([0xff, 0xff]),
      Buffer.alloc(0),
      Buffer.from([0, 40, 1]),
    ]) {
      const socket = await openTcp(t, port)
      socket.write(bytes)
      socket.resume()
      // What was still on its way to a connection that is cut off is answered by a reset.
      await once(socket, 'close').catch(() => {})
    }
    assert.equal(readAnswer(await askByUdp(port, queryFor('web.service.consul', 'A'))).answers.length, 1)
  })

  it('takes of one address no more TCP connections than that may have, whatever room there is', async t => {
    const { port } = await served(t, { connectionsPerAddressMax: 1 })
    const first = await openTcp(t, port)
    const ask = async () => {
      first.write(framed(queryFor('web.service.consul', 'A')))
      assert.equal((await readTcp(first, 1)).length, 1)
    }
    await ask()
    const second = connect(port, '127.0.0.1').on('error', () => {})
    second.resume()
    await once(second, 'close')
    await ask()
  })

  it('takes as many TCP connections as it may, and closes the next', async t => {
    const { port } = await served(t, { connectionsMax: 2 })
    const open = [await openTcp(t, port), await openTcp(t, port)]
    for (const socket of open) {
      socket.write(framed(queryFor('web.service.consul', 'A')))
      await readTcp(socket, 1)
    }
    const third = connect(port, '127.0.0.1').on('error', () => {})
    third.resume()
    await once(third, 'close')
    open[0]?.write(framed(queryFor('web.service.consul', 'A')))
    assert.equal((await readTcp(open[0]!, 1)).length, 1)
  })

  it('says that it failed when it cannot answer for a mistake of its own, to who asked and by an event, and goes on', async t => {
    const { port } = await served(t, { catalog: () => mistaken })
    const failures: string[] = []
    t.after(observe('daemon', ({ event, message }) => void (event === 'dns.answer-failed' && failures.push(message))))
    const query = queryFor('web.service.consul', 'SRV', { id: 7 })
    const answer = await askByUdp(port, query)
    assert.deepEqual([readAnswer(answer).code, answer.readUInt16BE(0)], ['SERVFAIL', 7])
    const socket = await openTcp(t, port)
    socket.write(framed(query, queryFor('other.service.consul', 'A')))
    const codes = (await readTcp(socket, 2)).map(bytes => readAnswer(bytes).code)
    assert.deepEqual(codes, ['SERVFAIL', 'NXDOMAIN'])
    assert.match(failures[0] ?? '', /could not be answered: no such port/)
  })

  it('drops datagrams that are too long or no queries, and goes on', async t => {
    const { port } = await served(t)
    const socket = createSocket('udp4')
    t.after(() => socket.close())
    socket.connect(port, '127.0.0.1')
    await once(socket, 'connect')
    const query = queryFor('web.service.consul', 'A', { id: 99 })
    for (const bytes of [Buffer.alloc(3), Buffer.alloc(12, 0xff), Buffer.concat([query, Buffer.alloc(4096)]), query])
      socket.send(bytes)
    const [answer] = (await once(socket, 'message')) as [Buffer]
    assert.equal(answer.readUInt16BE(0), 99)
  })

  it('refuses other names unless it has somebody to ask, and asks with a number of its own', async t => {
    const { port } = await served(t)
    const query = queryFor('www.example.com', 'A', { id: 1 })
    assert.equal(readAnswer(await askByUdp(port, query)).code, 'REFUSED')
    const other = await startOther(t, 3)
    const recursing = await served(t, { recursors: [other.address] })
    const ids: number[] = []
    for (let round = 0; round < 5; round++) {
      const answer = await askByUdp(recursing.port, query)
      assert.deepEqual([readAnswer(answer).code, answer.readUInt16BE(0)], ['NXDOMAIN', 1])
    }
    ids.push(...other.asked)
    assert.equal(new Set(ids).size > 1, true)
    const socket = await openTcp(t, recursing.port)
    socket.write(framed(query))
    assert.equal(readAnswer((await readTcp(socket, 1))[0]!).code, 'NXDOMAIN')
  })

  it('asks the next when one does not answer, and says that it failed when none does', async t => {
    const silent = createServer(socket => socket.destroy()).listen(0, '127.0.0.1')
    await once(silent, 'listening')
    t.after(() => silent.close())
    const { port: closed } = silent.address() as { port: number }
    const other = await startOther(t, 0)
    const query = queryFor('www.example.com', 'A', { id: 1 })
    const both = await served(t, { recursors: [`127.0.0.1:${closed}`, other.address] })
    const none = await served(t, { recursors: [`127.0.0.1:${closed}`] })
    for (const [{ port }, code] of [
      [both, 'NOERROR'],
      [none, 'SERVFAIL'],
    ] as const) {
      const socket = await openTcp(t, port)
      socket.write(framed(query))
      assert.equal(readAnswer((await readTcp(socket, 1))[0]!).code, code)
    }
  })

  it('asks the next when one refuses or fails, and says what the first said when all do', async t => {
    const refusing = await startOther(t, 5)
    const failing = await startOther(t, 2)
    const knowing = await startOther(t, 3)
    const query = queryFor('www.example.com', 'A')
    for (const [recursors, code] of [
      [[refusing, failing, knowing], 'NXDOMAIN'],
      [[refusing, failing], 'REFUSED'],
    ] as const) {
      const { port } = await served(t, { recursors: recursors.map(({ address }) => address) })
      assert.equal(readAnswer(await askByUdp(port, query)).code, code)
    }
  })

  it('fails to start where the port is taken, unless it may do without', async t => {
    const { port } = await served(t)
    const endpoint = `tcp:${port}:interface=127.0.0.1`
    const wanted = new RegistryDaemon({ endpoint: LOCAL, dns: new DnsServer({ endpoint }) })
    await assert.rejects(wanted.start(), error =>
      /ERR_ADDRESS_IN_USE|another process listens/.test(String((error as Error).cause ?? error)),
    )
    const events: string[] = []
    t.after(observe('daemon', ({ event }) => void events.push(event)))
    const without = new RegistryDaemon({ endpoint: LOCAL, dns: new DnsServer({ endpoint, optional: true }) })
    t.after(() => without.stop())
    await without.start()
    assert.ok(events.includes('dns.unavailable'))
    assert.equal(without.status, 'ready')
  })

  it('lets go of its port when it stops, and answers again when it is started again', async t => {
    const { daemon, port } = await served(t)
    const socket = await openTcp(t, port)
    socket.resume()
    await Promise.all([once(socket, 'close'), daemon.stop()])
    {
      await using free = createSocket('udp4').bind(port, '127.0.0.1')
      await once(free, 'listening')
    }
    await daemon.start()
    assert.equal(
      readAnswer(
        await askByUdp(
          daemon.children.find(child => child instanceof DnsServer)!.endpoint.port,
          queryFor('web.service.consul', 'A'),
        ),
      ).code,
      'SERVFAIL',
    )
  })

  it('refuses settings that cannot be', () => {
    refused({ endpoint: 'unix:/run/dns' }, 'ERR_DNS_ENDPOINT')
    refused({ domains: [] }, 'ERR_DNS_SETTING')
    refused({ domains: ['a..b'] }, 'ERR_DNS_SETTING')
    refused({ datacenter: '' }, 'ERR_DNS_SETTING')
    refused({ ttlMs: -1 }, 'ERR_DNS_SETTING')
    refused({ udpAnswersMax: 0 }, 'ERR_DNS_SETTING')
    for (const recursor of ['dns.example', '10.0.0.1:0', '10.0.0.1:x', '10.0.0.1/8'])
      refused({ recursors: [recursor] }, 'ERR_DNS_SETTING')
    for (const recursor of ['10.0.0.1', '10.0.0.1:5353', 'fd00::1', '[fd00::1]:5353'])
      assert.doesNotThrow(() => new DnsServer({ recursors: [recursor] }))
  })
})
