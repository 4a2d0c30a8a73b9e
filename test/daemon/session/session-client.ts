import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { WebSocket } from 'ws'
import { type Durability, inMemory } from '../../../src/daemon/durability.ts'
import { SessionServer, type SessionServerInit } from '../../../src/daemon/session/session-server.ts'
import { Turn } from '../../../src/daemon/turn.ts'
import { Store } from '../../../src/discovery/store/store.ts'
import type { ClientMessage, InstanceKey } from '../../../src/protocol/client-message.ts'
import { decodeServerFrame } from '../../../src/protocol/decode-server-frame.ts'
import { SESSION_PATH } from '../../../src/protocol/protocol.ts'
import type { ServerMessage } from '../../../src/protocol/server-message.ts'
import { FakeClock } from '../../../src/testing/fake-clock.ts'
import { PATIENCE_MS } from '../../patience.ts'

/** Resolves when `condition` holds; fails when it does not within the limit. */
export async function until(condition: () => boolean, what: string): Promise<void> {
  for (const end = performance.now() + PATIENCE_MS; !condition(); await delay(2)) {
    assert.ok(performance.now() < end, `Waited in vain until ${what}`)
  }
}

/** A SessionServer on a bare HTTP server, gone after the test. Its sockets are real, its clock is not. */
export async function serveSessions(
  t: TestContext,
  init: Partial<SessionServerInit> & { settled?: boolean; quietMs?: number; durability?: Durability } = {},
) {
  const clock = new FakeClock()
  const turn = new Turn()
  const store = new Store({
    clock,
    settled: init.settled,
    quietMs: init.quietMs,
    defer: task => turn.at('notify', task),
  })
  const sessions = new SessionServer({ store, durability: inMemory, turn, clock, version: '1.2.3', ...init })
  const http = createServer()
  http.on('upgrade', sessions.upgrade)
  await new Promise<void>(resolve => http.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    sessions.destroy()
    store.close()
    http.closeAllConnections()
    http.close()
  })
  const { port } = http.address() as AddressInfo
  return { clock, turn, store, sessions, port, connect: () => SessionClient.open(t, port) }
}

/** The other end of a session, in a test's hands: it says what it is told to and keeps what it hears. */
export class SessionClient {
  readonly webSocket: WebSocket
  readonly heard: ServerMessage[] = []
  frames = 0
  closed: { code: number; reason: string } | undefined

  private constructor(webSocket: WebSocket) {
    this.webSocket = webSocket
    webSocket.on('message', (data: Buffer) => {
      this.frames++
      this.heard.push(...decodeServerFrame(data.toString()))
    })
    webSocket.on('close', (code, reason) => (this.closed = { code, reason: reason.toString() }))
    webSocket.on('error', () => {})
  }

  static async open(t: TestContext, port: number, headers: Record<string, string> = {}): Promise<SessionClient> {
    const webSocket = new WebSocket(`ws://127.0.0.1:${port}${SESSION_PATH}`, { perMessageDeflate: false, headers })
    const client = new SessionClient(webSocket)
    t.after(() => webSocket.terminate())
    await new Promise<void>((resolve, reject) => {
      webSocket.once('open', resolve)
      webSocket.once('error', reject)
    })
    return client
  }

  say(...messages: ClientMessage[]): void {
    this.webSocket.send(JSON.stringify(messages))
  }

  /** Says hello as the session `name`, and returns the welcome. */
  async hello(name: string, held: readonly InstanceKey[] = []): Promise<ServerMessage & { type: 'welcome' }> {
    this.sayHello(name, held)
    return this.next('welcome')
  }

  /** Says hello as the session `name`. */
  sayHello(name: string, held: readonly InstanceKey[] = []): void {
    const session = name.padEnd(16, '-')
    this.say({ type: 'hello', protocol: 1, session, client: { name, pid: 1, host: 'test' }, held })
  }

  /** Registers an instance of `users` and waits for the answer. */
  async register(id: string, { seq = 1, ttlMs = 60_000 } = {}): Promise<void> {
    const instance = { id, endpoints: ['tcp://127.0.0.1:1'], startedAt: 0 }
    this.say({ type: 'register', seq, service: 'users', instance, ttlMs })
    await this.next('ok', message => message.seq === seq)
  }

  /** The next message of this type (and for which `fits` holds); what is heard before it is dropped. */
  async next<Type extends ServerMessage['type']>(
    type: Type,
    fits: (message: ServerMessage & { type: Type }) => boolean = () => true,
  ): Promise<ServerMessage & { type: Type }> {
    const isIt = (message: ServerMessage): message is ServerMessage & { type: Type } =>
      message.type === type && fits(message as ServerMessage & { type: Type })
    await until(() => this.heard.some(isIt), `"${type}" is heard; heard: ${JSON.stringify(this.heard).slice(0, 500)}`)
    const at = this.heard.findIndex(isIt)
    const [found] = this.heard.splice(0, at + 1).slice(-1)
    return found as ServerMessage & { type: Type }
  }

  async end(): Promise<{ code: number; reason: string }> {
    await until(() => this.closed !== undefined, 'the connection is closed')
    return this.closed as { code: number; reason: string }
  }
}
