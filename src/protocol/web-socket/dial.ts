import { randomBytes } from 'node:crypto'
import { connect, isIP, type Socket, type TcpNetConnectOpts } from 'node:net'
import { connect as connectTls, type ConnectionOptions } from 'node:tls'
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

/** TLS from the client's side. */
export interface WebSocketTls {
  readonly ca?: string | undefined
  readonly cert?: string | undefined
  readonly key?: string | undefined
  readonly serverName?: string | undefined
}

/** Where to, and what for. */
export interface DialOptions extends Omit<WebSocketInit, 'socket' | 'role'>, Abortable {
  readonly host: string
  readonly port: number
  readonly path: string
  /** Further header fields of the handshake. Default: none. */
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** How to speak TLS, in PEM. Default: no TLS. */
  readonly tls?: WebSocketTls | undefined
  readonly listener: WebSocketListener
}

/**
 * Opens a WebSocket over TCP, or over TLS. Rejects, with nothing left open, with the error of the network, with `HandshakeError` when the other side answers
 * but does not agree, and with the signal's reason.
 */
export async function openWebSocket(options: DialOptions): Promise<WebSocket> {
  const { host, port, signal, listener, ...init } = options
  signal?.throwIfAborted()
  const key = randomBytes(16).toString('base64')
  const opened = Promise.withResolvers<WebSocket>()
  let receive = (chunk: Buffer): void => opening.receive(chunk)
  const callback = (bytes: number) => (receive(RECEIVED.subarray(0, bytes)), true)
  const socket = open({ host, port, noDelay: true, onread: { buffer: RECEIVED, callback } }, options.tls)
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
  // What is said to one who only claims to be the server must hold no secret.
  if (options.tls) socket.once('secureConnect', () => askFor(socket, { key, options }))
  else askFor(socket, { key, options })
  try {
    return await abortable(opened.promise, signal)
  } catch (error) {
    socket.on('error', ignore)
    socket.destroy()
    throw error
  }
}

function open(options: TcpNetConnectOpts, tls: WebSocketTls | undefined): Socket {
  if (!tls) return connect(options)
  const { serverName = options.host ?? '', ...files } = tls
  // An IP address must not be asked for (RFC 6066); it is only looked for in the certificate.
  return connectTls({
    ...options,
    ...files,
    ...(isIP(serverName) === 0 && { servername: serverName }),
  } as ConnectionOptions)
}

function askFor(socket: Socket, { key, options }: { key: string; options: DialOptions }): void {
  const { host, port, path, headers = {} } = options
  const more = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  const authority = `${host.includes(':') ? `[${host}]` : host}:${port}`
  socket.write(
    `GET ${path} HTTP/1.1\r\nHost: ${authority}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
      `Sec-WebSocket-Version: ${WEB_SOCKET_VERSION}\r\nSec-WebSocket-Key: ${key}\r\n${more.join('')}\r\n`,
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
