import { randomBytes } from 'node:crypto'
import { connect, type Socket } from 'node:net'
import { abortable, type Abortable } from '../../core/abort.ts'
import { HandshakeError } from '../errors.ts'
import { GrowingBytes } from './growing-bytes.ts'
import { acceptOf, WEB_SOCKET_VERSION } from './handshake.ts'
import { WebSocket, type WebSocketInit, type WebSocketListener } from './web-socket.ts'

/** The most bytes of a server's answer to the handshake. */
const HEAD_BYTES_MAX = 16 * 1024

const END_OF_HEAD = '\r\n\r\n'

/** What is received is dealt with, or copied, before anything else is: so one place is enough for all connections. */
const RECEIVED = Buffer.allocUnsafeSlow(64 * 1024)

/** Where to, and what for. */
export interface DialOptions extends Omit<WebSocketInit, 'socket' | 'role'>, Abortable {
  readonly host: string
  readonly port: number
  readonly path: string
  readonly listener: WebSocketListener
}

/**
 * Opens a WebSocket over TCP. Rejects, with nothing left open, with the error of the network, with `HandshakeError` when the other side answers
 * but does not agree, and with the signal's reason.
 */
export async function openWebSocket(options: DialOptions): Promise<WebSocket> {
  const { host, port, signal, listener, ...init } = options
  signal?.throwIfAborted()
  const key = randomBytes(16).toString('base64')
  const opened = Promise.withResolvers<WebSocket>()
  let receive = (chunk: Buffer): void => opening.receive(chunk)
  const callback = (bytes: number) => (receive(RECEIVED.subarray(0, bytes)), true)
  const socket = connect({ host, port, noDelay: true, onread: { buffer: RECEIVED, callback } })
  const opening = new Opening(key, {
    onOpen: rest => {
      const webSocket = new WebSocket({ ...init, socket, role: 'client' })
      webSocket.listen(listener)
      receive = chunk => webSocket.receive(chunk)
      opened.resolve(webSocket)
      webSocket.receive(rest)
    },
    onRefused: answer => opened.reject(new HandshakeError(`${host}:${port}`, answer)),
  })
  socket.once('error', opened.reject)
  socket.once('end', () => opened.reject(new HandshakeError(`${host}:${port}`, 'nothing')))
  askFor(socket, { key, options })
  try {
    return await abortable(opened.promise, signal)
  } catch (error) {
    socket.on('error', ignore)
    socket.destroy()
    throw error
  }
}

function askFor(socket: Socket, { key, options }: { key: string; options: DialOptions }): void {
  const { host, port, path } = options
  const authority = `${host.includes(':') ? `[${host}]` : host}:${port}`
  socket.write(
    `GET ${path} HTTP/1.1\r\nHost: ${authority}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
      `Sec-WebSocket-Version: ${WEB_SOCKET_VERSION}\r\nSec-WebSocket-Key: ${key}\r\n\r\n`,
  )
}

/** The answer to a handshake, as far as it has come. */
class Opening {
  readonly #accept: string
  readonly #outcome: { onOpen: (rest: Buffer) => void; onRefused: (answer: string) => void }
  readonly #bytes = new GrowingBytes()

  constructor(key: string, outcome: { onOpen: (rest: Buffer) => void; onRefused: (answer: string) => void }) {
    this.#accept = acceptOf(key)
    this.#outcome = outcome
  }

  receive(chunk: Buffer): void {
    this.#bytes.append(chunk)
    const bytes = this.#bytes.take()
    const end = bytes.indexOf(END_OF_HEAD)
    if (end === -1 && bytes.length <= HEAD_BYTES_MAX) return this.#bytes.append(bytes)
    const [status = '', ...headers] = bytes.toString('latin1', 0, Math.max(end, 0)).split('\r\n')
    const agreed = /^HTTP\/1\.1 101(?: |$)/.test(status) && headers.some(header => this.#agrees(header))
    if (agreed) this.#outcome.onOpen(bytes.subarray(end + END_OF_HEAD.length))
    else this.#outcome.onRefused(status)
  }

  #agrees(header: string): boolean {
    const [, name = '', value] = /^([^:]+):[ \t]*(.*?)[ \t]*$/.exec(header) ?? []
    return name.toLowerCase() === 'sec-websocket-accept' && value === this.#accept
  }
}

function ignore(): void {}
