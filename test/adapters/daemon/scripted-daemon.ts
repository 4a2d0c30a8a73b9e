import assert from 'node:assert/strict'
import type { Connection, ConnectionListener, Dial } from '../../../src/adapters/daemon/connection.ts'
import type { ClientMessage } from '../../../src/protocol/client-message.ts'
import type { ServerMessage, WelcomeMessage } from '../../../src/protocol/server-message.ts'

/** What a daemon says to `hello` unless a test says otherwise. */
export const WELCOME: WelcomeMessage = {
  type: 'welcome',
  protocol: 1,
  epoch: 'epoch-1',
  server: { name: 'scripted', version: '1' },
  pingMs: 60_000,
  graceMs: 3_000,
  held: [],
}

/** A connection whose other end is a test. */
export class ScriptedConnection implements Connection {
  readonly frames: ClientMessage[][] = []
  pings = 0
  destroyed = false
  readonly #listener: ConnectionListener
  readonly #greeting: WelcomeMessage | undefined

  constructor(listener: ConnectionListener, greeting: WelcomeMessage | undefined) {
    this.#listener = listener
    this.#greeting = greeting
  }

  send(frame: string): void {
    const greeting = this.frames.length === 0 ? this.#greeting : undefined
    this.frames.push(JSON.parse(frame) as ClientMessage[])
    if (greeting) queueMicrotask(() => this.say(greeting))
  }

  ping(): void {
    this.pings++
  }

  destroy(): void {
    if (this.destroyed) return
    this.end(1006, 'destroyed')
  }

  /** Everything received, or what of it is of one type. */
  get messages(): ClientMessage[] {
    return this.frames.flat()
  }

  received<Type extends ClientMessage['type']>(type: Type): Extract<ClientMessage, { type: Type }>[] {
    return this.messages.filter(message => message.type === type) as Extract<ClientMessage, { type: Type }>[]
  }

  /** Says messages in one frame. */
  say(...messages: ServerMessage[]): void {
    this.#listener.onFrame(JSON.stringify(messages))
  }

  sayRaw(frame: string): void {
    this.#listener.onFrame(frame)
  }

  pong(): void {
    this.#listener.onAlive()
  }

  welcome(fields: Partial<WelcomeMessage> = {}): void {
    this.say({ ...WELCOME, ...fields })
  }

  /** Says `ok` to the last request of a type. */
  ok(type: 'register' | 'renew' | 'update' | 'revoke'): void {
    const seq = this.received(type).at(-1)?.seq
    assert.ok(seq !== undefined, `a ${type} was received`)
    this.say({ type: 'ok', seq })
  }

  end(code = 1006, reason = ''): void {
    this.destroyed = true
    this.#listener.onClose({ code, reason })
  }
}

/** A daemon played by a test: accepts connections, or refuses them. */
export class ScriptedDaemon {
  readonly connections: ScriptedConnection[] = []
  attempts = 0
  refusing = false
  /** Whether an attempt gets no answer at all. */
  silent = false
  /** Said to whoever says hello; undefined: nothing. */
  greeting: WelcomeMessage | undefined = WELCOME

  readonly dial: Dial = async (listener, { signal } = {}) => {
    this.attempts++
    if (this.silent) await new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason)))
    if (this.refusing) throw new Error('connect ECONNREFUSED')
    const connection = new ScriptedConnection(listener, this.greeting)
    this.connections.push(connection)
    return connection
  }

  get last(): ScriptedConnection {
    const connection = this.connections.at(-1)
    assert.ok(connection, 'a connection was made')
    return connection
  }
}
