import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { connect } from 'node:net'
import { Resolver } from 'node:dns/promises'
import { setTimeout as delay } from 'node:timers/promises'
import * as fc from 'fast-check'
import { FILTERED_PATHS, filters } from './fuzz/filters.ts'
import { frameBytes, frames } from './fuzz/frames.ts'
import { packets } from './fuzz/packets.ts'
import { consulRequests, type FuzzRequest, nativeRequests } from './fuzz/requests.ts'
import { DaemonProcess } from './harness/daemon-process.ts'
import type { Drill } from './harness/drill.ts'
import type { DrillRun } from './harness/drill-run.ts'
import { DrillSession } from './harness/drill-session.ts'
import { RegistryReader } from './harness/registry-reader.ts'
import { MONITOR_PATH } from '../src/daemon/consul/routes/monitor-route.ts'
import { PROTOCOL_VERSION, SESSION_PATH } from '../src/protocol/protocol.ts'

const ANSWER_MS_MAX = 20_000
const BATCH = 20

/** Events by which the daemon tells of a mistake of its own. */
const UNFORESEEN = /^(request\.failed|dns\.answer-failed) /

/** Whatever is sent to the daemon, by whichever way in. */
export const fuzz: Drill = {
  name: 'fuzz',
  what: 'Requests of both HTTP APIs, frames of sessions, packets of DNS and filter expressions are made by chance, right ones, nearly right ones and garbage.',
  async drill(run) {
    const daemon = await DaemonProcess.start(run, { dns: true })
    await populate(daemon)
    const ask = (request: FuzzRequest) => answerTo(daemon, request)
    await check(run, {
      what: 'requests of the native API',
      daemon,
      inputs: nativeRequests,
      ask,
      isWell: status => status < 500 || status === 503,
    })
    // Consul answers 500 to what its agent does not know, and so do we.
    await check(run, {
      what: 'requests of the Consul API',
      daemon,
      inputs: consulRequests,
      ask,
      isWell: status => status <= 501,
    })
    const asked = fc
      .tuple(fc.constantFrom(...FILTERED_PATHS), filters)
      .map(([path, filter]) => requestWith(path, filter))
    await check(run, { what: 'filter expressions', daemon, inputs: asked, ask, isWell: status => status <= 500 })
    await check(run, {
      what: 'sessions with frames of messages',
      daemon,
      inputs: frames,
      ask: texts => saying(daemon, texts),
      isWell: () => true,
    })
    await check(run, {
      what: 'sessions with bytes',
      daemon,
      inputs: frameBytes,
      ask: bytes => sending(daemon, bytes),
      isWell: () => true,
    })
    await check(run, {
      what: 'packets of DNS',
      daemon,
      inputs: packets,
      ask: packet => asking(daemon.dnsPort, packet),
      isWell: () => true,
    })
    const failures = (await daemon.events()).filter(event => UNFORESEEN.test(event))
    run.never('Nothing fails in a way the daemon did not foresee', failures)
  },
}

/** What is sent, and how an answer to it may be. */
interface Fuzzing<T> {
  readonly what: string
  readonly daemon: DaemonProcess
  readonly inputs: fc.Arbitrary<T>
  /** Resolves with the status of the answer, 0 where there is none. */
  readonly ask: (input: T) => Promise<number>
  readonly isWell: (status: number) => boolean
}

/** Sends as many as there is time for, some at once, and looks whether the daemon answers afterwards. */
async function check<T>(run: DrillRun, { what, daemon, inputs, ask, isWell }: Fuzzing<T>): Promise<void> {
  const batches = run.scale(15, 200)
  const bad: unknown[] = []
  const samples = fc.sample(inputs, { seed: run.seed, numRuns: batches * BATCH })
  for (let at = 0; at < samples.length; at += BATCH) {
    const some = samples.slice(at, at + BATCH)
    const found = await Promise.all(some.map(async input => ({ input, status: await ask(input).catch(String) })))
    bad.push(...found.filter(({ status }) => typeof status === 'string' || !isWell(status)))
  }
  run.never(`No ${what} get an answer they should not`, bad)
  run.promise(`The daemon answers all its ways in after ${what}`, await answers(daemon))
  run.figure(what, samples.length, '')
}

/** Something to be found by those who ask. */
async function populate(daemon: DaemonProcess): Promise<void> {
  const body = { endpoints: ['tcp://127.0.0.1:1'], ttlMs: 3_600_000, tags: ['a'], metadata: { a: 'b' } }
  for (const name of ['users', 'web'])
    await new RegistryReader(daemon).put(`/services/${name}/instances/${name}-1`, body)
}

async function answers(daemon: DaemonProcess): Promise<boolean> {
  const set = await new RegistryReader(daemon).set('steady')
  const leader = await fetch(`${daemon.url}/v1/status/leader`)
  await leader.text()
  const session = await DrillSession.open(daemon.port)
  await session.hello('steady-observer')
  session.destroy()
  const resolver = new Resolver({ timeout: ANSWER_MS_MAX })
  resolver.setServers([`127.0.0.1:${daemon.dnsPort}`])
  const addresses = await resolver.resolve4('consul.service.consul').catch(() => [])
  return set.serviceName === 'steady' && leader.status === 200 && addresses.length > 0
}

function requestWith(path: string, filter: string): FuzzRequest {
  return { method: 'GET', path: `${path}?filter=${encodeURIComponent(filter.toWellFormed())}`, headers: {} }
}

/** The status of the answer; 0 for a request that Node's own client does not send. */
async function answerTo(daemon: DaemonProcess, { method, path, headers, body }: FuzzRequest): Promise<number> {
  const signal = AbortSignal.timeout(ANSWER_MS_MAX)
  let request: Request
  try {
    request = new Request(daemon.url + path, { method, headers, signal, ...(body !== undefined && { body }) })
  } catch {
    return 0
  }
  const answer = await fetch(request)
  // Events and the log go on for ever.
  const isEndless = answer.headers.get('content-type')?.startsWith('text/event-stream') || path.startsWith(MONITOR_PATH)
  if (isEndless) await answer.body?.cancel()
  else await answer.arrayBuffer()
  return answer.status
}

/** Says hello, and then what it is told to. */
async function saying(daemon: DaemonProcess, texts: readonly string[]): Promise<number> {
  const session = await DrillSession.open(daemon.port)
  const client = { name: 'fuzz', pid: 1, host: 'drill' }
  session.say({ type: 'hello', protocol: PROTOCOL_VERSION, session: crypto.randomUUID(), client, held: [] })
  for (const text of texts) session.sayText(text)
  const answered = session.next('ok', ({ seq }) => seq === 4_711).catch(() => {})
  session.say({ type: 'renew', seq: 4_711 })
  await Promise.race([answered, session.closed])
  session.destroy()
  return 0
}

/** Opens a WebSocket by hand, and sends bytes. */
async function sending(daemon: DaemonProcess, bytes: Uint8Array): Promise<number> {
  const socket = connect(daemon.port, '127.0.0.1')
  socket.on('error', () => {})
  socket.write(
    `GET ${SESSION_PATH} HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`,
  )
  await once(socket, 'data')
  socket.end(bytes)
  socket.resume()
  if (!socket.closed) await Promise.race([once(socket, 'close'), delay(ANSWER_MS_MAX, undefined, { ref: false })])
  socket.destroy()
  return 0
}

/** Sends it by UDP and by TCP; whether there is an answer is the daemon's affair. */
async function asking(port: number, packet: Buffer): Promise<number> {
  const udp = createSocket('udp4')
  await new Promise<void>(resolve => udp.send(packet, port, '127.0.0.1', () => resolve()))
  udp.close()
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => {})
  await once(socket, 'connect')
  const length = Buffer.alloc(2)
  length.writeUInt16BE(packet.length)
  socket.end(Buffer.concat([length, packet]))
  socket.resume()
  if (!socket.closed) await Promise.race([once(socket, 'close'), delay(ANSWER_MS_MAX, undefined, { ref: false })])
  socket.destroy()
  return 0
}
