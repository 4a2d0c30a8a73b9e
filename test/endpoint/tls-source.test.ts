import assert from 'node:assert/strict'
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs'
import { connect as connectSocket } from 'node:net'
import { once } from 'node:events'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { connect as connectTls, rootCertificates, type TLSSocket } from 'node:tls'
import { observe, type RopewalkEvent } from '../../src/core/event.ts'
import { connect } from '../../src/endpoint/connect.ts'
import { listen } from '../../src/endpoint/listen.ts'
import type { Listener } from '../../src/endpoint/listener.ts'
import { FakeClock } from '../../src/testing/fake-clock.ts'
import { eventually } from './eventually.ts'
import { certificate, closing, folder } from './sandbox.ts'

/** A TLS listener on copies of the certificate files, which can be replaced. */
async function replaceable(t: TestContext) {
  const path = folder(t)
  const [cert, key] = [join(path, 'cert.pem'), join(path, 'key.pem')]
  const use = (name: string) => {
    copyFileSync(certificate(`${name}.pem`), cert)
    copyFileSync(certificate(`${name}.key`), key)
  }
  use('localhost')
  const clock = new FakeClock()
  const listener = closing(t, await listen({ scheme: 'tls', host: '127.0.0.1', port: 0, cert, key }, { clock }))
  listener.accept(socket => socket.on('error', () => {}).end())
  return { listener, clock, use, cert }
}

async function nameShownBy(listener: Listener): Promise<string | undefined> {
  const { port } = listener.endpoint as { port: number }
  const socket = (await connect({ scheme: 'tls', host: '127.0.0.1', port, verify: false })) as TLSSocket
  const name = socket.getPeerCertificate().subject.CN
  socket.destroy()
  return String(name)
}

/** What a client is told until its connection ends, and what it could go on with. */
async function toldTo(t: TestContext, client: object): Promise<{ text: string; session: Buffer | undefined }> {
  const socket = connectTls({ host: '127.0.0.1', rejectUnauthorized: false, ...client })
  t.after(() => socket.destroy())
  const sessions: Buffer[] = []
  let text = ''
  socket.on('session', session => sessions.push(session)).on('data', chunk => (text += String(chunk)))
  socket.on('error', () => {})
  await new Promise(resolve => socket.once('close', resolve))
  return { text, session: sessions.at(-1) }
}

describe('A TLS listener', () => {
  it('shows a certificate that replaced its own after it looked again', async t => {
    const { listener, clock, use } = await replaceable(t)
    assert.equal(await nameShownBy(listener), 'localhost')
    use('other')
    assert.equal(await nameShownBy(listener), 'localhost')
    await clock.advance(60_000)
    await eventually(async () => (await nameShownBy(listener)) === 'other')
  })

  it('shows it at once when told to reload', async t => {
    const { listener, use } = await replaceable(t)
    use('other')
    await listener.reload()
    assert.equal(await nameShownBy(listener), 'other')
  })

  it('keeps the old certificate while the new one cannot be used, and says so', async t => {
    const { listener, clock, cert } = await replaceable(t)
    const events: RopewalkEvent[] = []
    t.after(observe('endpoint', event => events.push(event)))
    writeFileSync(cert, 'half a certificate')
    await assert.rejects(listener.reload(), { code: 'ERR_CERTIFICATE_INVALID' })
    await clock.advance(60_000)
    await eventually(() => events.some(({ event }) => event === 'certificate.rejected'))
    assert.equal(await nameShownBy(listener), 'localhost')
  })

  it('demands a certificate by its authority from its clients', async t => {
    const own = { cert: certificate('localhost.pem'), key: certificate('localhost.key'), ca: certificate('ca.pem') }
    const listener = closing(t, await listen({ scheme: 'tls', host: '127.0.0.1', port: 0, ...own }))
    listener.accept(socket => socket.on('error', () => {}).end('welcome'))
    const { port } = listener.endpoint as { port: number }
    const welcome = async (client: object) => {
      const socket = await connect({ scheme: 'tls', host: '127.0.0.1', port, ca: own.ca, ...client })
      let text = ''
      for await (const chunk of socket) text += String(chunk)
      return text
    }
    assert.equal(await welcome({ cert: certificate('other.pem'), key: certificate('other.key') }), 'welcome')
    await assert.rejects(welcome({}), /certificate required|ECONNRESET/i)
  })

  it('tells who is refused for a certificate and why, each once a minute, and nothing of others', async t => {
    const own = { cert: certificate('localhost.pem'), key: certificate('localhost.key'), ca: certificate('ca.pem') }
    const clock = new FakeClock()
    const listener = closing(t, await listen({ scheme: 'tls', host: '127.0.0.1', port: 0, ...own }, { clock }))
    listener.accept(socket => socket.on('error', () => {}).end('welcome'))
    const told: RopewalkEvent[] = []
    t.after(observe('endpoint', event => void (event.event === 'client.refused' && told.push(event))))
    const { port } = listener.endpoint as { port: number }
    const [mine, foreign] = ['other', 'revocation/good'].map(name => ({
      port,
      cert: readFileSync(certificate(`${name}.pem`)),
      key: readFileSync(certificate(`${name}.key`)),
    }))
    assert.ok(mine && foreign)
    assert.equal((await toldTo(t, mine)).text, 'welcome')
    for (const client of [{ port }, foreign, { port, maxVersion: 'TLSv1.2' }, { ...foreign, maxVersion: 'TLSv1.2' }])
      assert.equal((await toldTo(t, client)).text, '')
    await eventually(() => told.length === 2)
    const facts = () => told.map(({ level, address, reason, untold }) => ({ level, address, reason, untold }))
    const [none, unknown] = ['ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE']
    const fact = { level: 'warn', address: '127.0.0.1', untold: 0 }
    assert.deepEqual(facts(), [
      { ...fact, reason: none },
      { ...fact, reason: unknown },
    ])
    assert.match(told[0]?.message ?? '', /A client of 127\.0\.0\.1 is refused at tls:.*: it shows no certificate/)
    await clock.advance(60_000)
    await toldTo(t, { port })
    await eventually(() => told.length === 3)
    assert.deepEqual(facts()[2], { ...fact, reason: none, untold: 2 })
  })

  it('takes no certificate of an authority that was replaced, not even to go on with what was agreed with it', async t => {
    const ca = join(folder(t), 'clients.pem')
    copyFileSync(certificate('ca.pem'), ca)
    const own = { cert: certificate('localhost.pem'), key: certificate('localhost.key'), ca }
    const listener = closing(t, await listen({ scheme: 'tls', host: '127.0.0.1', port: 0, ...own }))
    listener.accept(socket => socket.on('error', () => {}).end('welcome'))
    const { port } = listener.endpoint as { port: number }
    const mine = { cert: readFileSync(certificate('other.pem')), key: readFileSync(certificate('other.key')) }
    const told = (client: object) => toldTo(t, { port, ...client })
    const { text, session } = await told(mine)
    assert.ok(session)
    assert.deepEqual([text, (await told({ ...mine, session })).text], ['welcome', 'welcome'])
    // Of a stranger who is in every Node.
    writeFileSync(ca, rootCertificates[0] ?? '')
    await listener.reload()
    for (const client of [mine, { ...mine, session }, { session }, {}]) assert.equal((await told(client)).text, '')
  })

  it('takes no certificate that its authority has revoked, once the list of those is read again, not even to go on with what was agreed with it', async t => {
    const crl = join(folder(t), 'revoked.crl')
    const [nothing, one] = [certificate('revocation/nothing.crl'), certificate('revocation/revoked.crl')]
    copyFileSync(nothing, crl)
    const own = { cert: certificate('localhost.pem'), key: certificate('localhost.key') }
    const where = {
      scheme: 'tls',
      host: '127.0.0.1',
      port: 0,
      ...own,
      ca: certificate('revocation/ca.pem'),
      crl,
    } as const
    const clock = new FakeClock()
    const listener = closing(t, await listen(where, { clock }))
    listener.accept(socket => socket.on('error', () => {}).end('welcome'))
    const { port } = listener.endpoint as { port: number }
    const [good, revoked] = ['good', 'revoked'].map(name => ({
      port,
      cert: readFileSync(certificate(`revocation/${name}.pem`)),
      key: readFileSync(certificate(`revocation/${name}.key`)),
    }))
    const { text, session } = await toldTo(t, revoked as object)
    assert.ok(session)
    assert.deepEqual([text, (await toldTo(t, good as object)).text], ['welcome', 'welcome'])
    copyFileSync(one, crl)
    await clock.advance(60_000)
    await eventually(async () => (await toldTo(t, revoked as object)).text === '')
    assert.equal((await toldTo(t, good as object)).text, 'welcome')
    for (const client of [revoked, { ...revoked, session }, { port, session }, { port }])
      assert.equal((await toldTo(t, client as object)).text, '')
    writeFileSync(crl, 'half a list')
    await assert.rejects(listener.reload(), { code: 'ERR_CERTIFICATE_INVALID' })
    assert.deepEqual(
      [(await toldTo(t, revoked as object)).text, (await toldTo(t, good as object)).text],
      ['', 'welcome'],
    )
  })

  it('ends unfinished handshakes when it closes', async t => {
    const { listener, clock } = await replaceable(t)
    const { port } = listener.endpoint as { port: number }
    const silent = connectSocket(port, '127.0.0.1').on('error', () => {})
    await once(silent, 'connect')
    const closed = once(silent, 'close')
    await listener.close()
    await closed
    assert.equal(clock.pending, 0)
  })

  it('survives clients that do not speak TLS', async t => {
    const { listener } = await replaceable(t)
    const { port } = listener.endpoint as { port: number }
    const rude = connectSocket(port, '127.0.0.1').on('error', () => {})
    rude.end('GET / HTTP/1.1\r\n\r\n')
    await once(rude.resume(), 'close')
    assert.equal(await nameShownBy(listener), 'localhost')
  })

  it('closes a connection whose handshake does not end in time, also when it goes on and on', async t => {
    const own = { cert: certificate('localhost.pem'), key: certificate('localhost.key') }
    // Node counts the time by the system's clock: the ten seconds that count otherwise would have to be waited for.
    const listening = listen({ scheme: 'tls', host: '127.0.0.1', port: 0, ...own }, { handshakeTimeoutMs: 100 })
    const listener = closing(t, await listening)
    const { port } = listener.endpoint as { port: number }
    const silent = connectSocket(port, '127.0.0.1').on('error', () => {})
    const slow = connectSocket(port, '127.0.0.1').on('error', () => {})
    t.after(() => [silent, slow].forEach(socket => socket.destroy()))
    // Whose bytes come too late is answered with a reset, which is an end as well: `once` would take that for a failure.
    const [silentClosed, slowClosed] = [silent, slow].map(
      socket => new Promise(resolve => socket.resume().once('close', resolve)),
    )
    // The beginning of a hello of 4,096 bytes, and then one byte now and then.
    slow.write(Buffer.from([0x16, 3, 1, 0x10, 0, 1, 0, 0x0f, 0xfc, 3, 3]))
    const drip = setInterval(() => slow.write('\0'), 20)
    t.after(() => clearInterval(drip))
    await Promise.all([silentClosed, slowClosed])
  })
})
