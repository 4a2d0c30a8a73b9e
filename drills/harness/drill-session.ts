import { systemClock } from '../../src/core/clock.ts'
import type { ClientMessage, InstanceKey } from '../../src/protocol/client-message.ts'
import { decodeServerFrame } from '../../src/protocol/decode-server-frame.ts'
import { PROTOCOL_LIMITS, PROTOCOL_VERSION, SESSION_PATH } from '../../src/protocol/protocol.ts'
import type { ServerMessage, WelcomeMessage } from '../../src/protocol/server-message.ts'
import { openWebSocket } from '../../src/protocol/web-socket/dial.ts'
import type { WebSocket } from '../../src/protocol/web-socket/web-socket.ts'
import { within } from './within.ts'

/** The longest wait for a message that must come, in milliseconds. */
const MESSAGE_MS_MAX = 60_000

/** A session in a drill's hands: it says what it is told to, does nothing by itself, and its end is no error. */
export class DrillSession {
  readonly #webSocket: WebSocket
  readonly #closed: Promise<void>
  readonly #listeners: Set<(message: ServerMessage) => void>

  private constructor(webSocket: WebSocket, heard: Heard) {
    this.#webSocket = webSocket
    this.#closed = heard.closed.promise
    this.#listeners = heard.listeners
  }

  /** Connects to the daemon on this port of the loopback interface. */
  static async open(port: number): Promise<DrillSession> {
    const heard: Heard = { closed: Promise.withResolvers(), listeners: new Set() }
    const webSocket = await openWebSocket({
      host: '127.0.0.1',
      port,
      path: SESSION_PATH,
      clock: systemClock,
      messageBytesMax: PROTOCOL_LIMITS.serverFrameBytes,
      listener: {
        onText: frame => {
          for (const message of decodeServerFrame(frame)) for (const listener of heard.listeners) listener(message)
        },
        onAlive: () => {},
        onRoom: () => {},
        onClose: () => heard.closed.resolve(),
      },
    })
    return new DrillSession(webSocket, heard)
  }

  /** Resolves when the connection is over. */
  get closed(): Promise<void> {
    return this.#closed
  }

  say(...messages: ClientMessage[]): void {
    this.#webSocket.send(JSON.stringify(messages))
  }

  /** Sends a frame that need not be one of messages. */
  sayText(text: string): void {
    this.#webSocket.send(text)
  }

  /** Says who it is. */
  async hello(name: string, held: readonly InstanceKey[] = []): Promise<WelcomeMessage> {
    const welcome = this.next('welcome')
    const client = { name, pid: process.pid, host: 'drill' }
    this.say({ type: 'hello', protocol: PROTOCOL_VERSION, session: name.padEnd(16, '-'), client, held })
    return welcome
  }

  /** Calls `listener` with every message from now on, until the returned function is called. */
  listen(listener: (message: ServerMessage) => void): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  /** The next message of this type, for which `fits` holds. Rejects when the connection ends before. */
  async next<Type extends ServerMessage['type']>(
    type: Type,
    fits: (message: ServerMessage & { type: Type }) => boolean = () => true,
  ): Promise<ServerMessage & { type: Type }> {
    const found = Promise.withResolvers<ServerMessage & { type: Type }>()
    const unlisten = this.listen(message => {
      if (message.type === type && fits(message as ServerMessage & { type: Type }))
        found.resolve(message as ServerMessage & { type: Type })
    })
    try {
      const ended = this.#closed.then(() => Promise.reject(new Error(`The session ended before "${type}" came`)))
      return await within(MESSAGE_MS_MAX, `"${type}" comes`, Promise.race([found.promise, ended]))
    } finally {
      unlisten()
    }
  }

  /** Reads nothing until `resume`. */
  pause(): void {
    this.#webSocket.pause()
  }

  resume(): void {
    this.#webSocket.resume()
  }

  /** Cuts the connection, without goodbye. */
  destroy(): void {
    this.#webSocket.destroy()
  }
}

interface Heard {
  readonly closed: PromiseWithResolvers<void>
  readonly listeners: Set<(message: ServerMessage) => void>
}
