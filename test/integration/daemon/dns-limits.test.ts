import assert from 'node:assert/strict'
import { createSocket, type Socket as Datagrams } from 'node:dgram'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { describe, it, type TestContext } from 'node:test'
import { DnsServer, type DnsServerOptions } from '../../../src/daemon/dns/dns-server.ts'
import { nodeMetadata } from '../../../src/daemon/dns/node-records.ts'
import { Recursors } from '../../../src/daemon/dns/recursors.ts'
import { RegistryDaemon } from '../../../src/daemon/registry-daemon.ts'
import { FakeClock } from '../../../src/testing/fake-clock.ts'
import { asker, many } from '../../daemon/dns/asker.ts'
import { queryFor, readAnswer } from '../../daemon/dns/queries.ts'

const LOCAL = 'tcp:0:interface=127.0.0.1'
const QUERY = queryFor('web.service.consul', 'A')

async function served(t: TestContext, options: DnsServerOptions = {}): Promise<number> {
  const dns = new DnsServer({ endpoint: LOCAL, idleMs: 600_000, ...options })
  const daemon = new RegistryDaemon({ endpoint: LOCAL, dns })
  t.after(() => daemon.stop())
  await daemon.start()
  return dns.endpoint.port
}

/** Asks by TCP from an address of this machine: a connection that is answered stays open, and one that is not is closed. */
async function asked(
  t: TestContext,
  port: number,
  { from = '127.0.0.1', query = QUERY } = {},
): Promise<{ socket: Socket; isAnswered: boolean }> {
  const socket = connect({ port, host: '127.0.0.1', localAddress: from })
  t.after(() => socket.destroy())
  socket.on('error', () => {})
  socket.write(Buffer.concat([Buffer.from([query.length >> 8, query.length & 255]), query]))
  const { promise, resolve } = Promise.withResolvers<boolean>()
  socket.once('data', () => resolve(true)).once('close', () => resolve(false))
  return { socket, isAnswered: await promise }
}

async function bound(t: TestContext): Promise<Datagrams> {
  const silent = createSocket('udp4')
  t.after(() => silent.close())
  silent.bind(0, '127.0.0.1')
  await once(silent, 'listening')
  return silent
}

/** So many bytes of a question, and what nobody looks at behind it. */
const long = (bytes: number) => Buffer.concat([QUERY, Buffer.alloc(bytes - QUERY.length)])

describe('The limits of DNS', () => {
  it('are 100 TCP connections of one address and 1,000 in all; when one has gone another is taken', async t => {
    const port = await served(t)
    let last: Socket | undefined
    for (let client = 1; client <= 10; client++) {
      const from = `127.0.0.${client}`
      for (let count = 0; count < 100; count++) {
        const { socket, isAnswered } = await asked(t, port, { from })
        assert.equal(isAnswered, true, `${from} ${count}`)
        last = socket
      }
      assert.equal((await asked(t, port, { from })).isAnswered, false)
    }
    assert.equal((await asked(t, port, { from: '127.0.0.11' })).isAnswered, false)
    last?.destroy()
    let isAnswered = false
    while (!isAnswered) ({ isAnswered } = await asked(t, port, { from: '127.0.0.11' }))
  })

  it('are queries of 4,096 bytes, by UDP and by TCP, and not one byte more', async t => {
    const port = await served(t)
    assert.deepEqual(
      [
        (await asked(t, port, { query: long(4_096) })).isAnswered,
        (await asked(t, port, { query: long(4_097) })).isAnswered,
      ],
      [true, false],
    )
    const socket = createSocket('udp4')
    t.after(() => socket.close())
    const [tooLong, fitting] = [long(4_097), long(4_096)]
    tooLong.writeUInt16BE(1)
    fitting.writeUInt16BE(2)
    socket.send(tooLong, port, '127.0.0.1')
    socket.send(fitting, port, '127.0.0.1')
    const [answer] = (await once(socket, 'message')) as [Buffer]
    assert.equal(answer.readUInt16BE(0), 2)
  })

  it('are answers of 8,192 bytes by UDP, whatever the client says that it takes', () => {
    const { ask } = asker({ services: { web: many(1_000) } })
    const bytes = (payloadBytes: number) => ask('web.service.consul', 'A', { payloadBytes }).bytes
    assert.ok(bytes(8_192) > 8_192 - 64 && bytes(8_192) <= 8_192, String(bytes(8_192)))
    assert.deepEqual([bytes(65_535), bytes(4_096) <= 4_096], [bytes(8_192), true])
  })

  it('are texts of a machine of 1,024 bytes each; longer ones are left out', () => {
    const metadata = { fits: 'x'.repeat(1_024 - 5), 'no-more': 'x'.repeat(1_025 - 8) }
    const records = nodeMetadata({ name: 'n', address: '10.0.0.1', metadata }, { name: 'n.node.consul', ttlS: 0 })
    assert.deepEqual(
      records.map(record => record.type === 'TXT' && record.text.slice(0, 5)),
      ['fits='],
    )
  })

  it('are 1,000 questions that wait for recursors; one more fails at once, until one has its answer', async t => {
    const silent = await bound(t)
    const recursors = new Recursors([{ address: '127.0.0.1', port: silent.address().port }], new FakeClock())
    const questions: { message: Buffer; port: number }[] = []
    silent.on('message', (message, { port }) => questions.push({ message, port }))
    const answers = Array.from({ length: 1_000 }, () => recursors.ask(QUERY, 'udp'))
    t.after(() => recursors.close())
    assert.equal(await recursors.ask(QUERY, 'udp'), undefined)
    while (questions.length === 0) await new Promise(setImmediate)
    const [{ message, port }] = questions as [{ message: Buffer; port: number }]
    message.writeUInt8(message.readUInt8(2) | 0x80, 2)
    silent.send(message, port, '127.0.0.1')
    await Promise.race(answers)
    const another = recursors.ask(QUERY, 'udp')
    assert.equal(await recursors.ask(QUERY, 'udp'), undefined)
    recursors.close()
    assert.equal(await another, undefined)
  })

  it('are 1,000 questions that wait for what is behind a front; one more is told at once that it cannot be known', async t => {
    const known = Promise.withResolvers<void>()
    const nothing = { node: () => undefined, prepared: () => undefined, holder: () => undefined }
    const catalog = { ...nothing, ready: () => known.promise, instances: () => 'unsettled' as const }
    const port = await served(t, { catalog: () => catalog })
    const socket = connect(port, '127.0.0.1')
    t.after(() => socket.destroy())
    const framed = Buffer.concat([Buffer.from([0, QUERY.length]), QUERY])
    const last = Buffer.from(framed)
    last.writeUInt16BE(1, 2)
    socket.write(Buffer.concat([...Array.from({ length: 1_000 }, () => framed), last]))
    const [answer] = (await once(socket, 'data')) as [Buffer]
    const { code } = readAnswer(answer.subarray(2))
    assert.deepEqual([answer.readUInt16BE(2), answer.length, code], [1, 2 + answer.readUInt16BE(0), 'SERVFAIL'])
    known.resolve()
    let bytes = 0
    while (bytes < 1_000 * answer.length) bytes += ((await once(socket, 'data')) as [Buffer])[0].length
  })
})
