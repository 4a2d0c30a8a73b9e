import { readFile } from 'node:fs/promises'
import { connect as connectTcp, isIP, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { abortable, type Abortable } from '../../core/abort.ts'
import { ZookeeperConnectionError } from './errors.ts'
import { FrameSplitter } from './frame-splitter.ts'

/** One server of a ZooKeeper ensemble. */
export interface ZookeeperServer {
  readonly host: string
  /** Default 2181. */
  readonly port?: number
}

/** TLS with a ZooKeeper's secure port. Files are read anew for every connection, so that they can be renewed. */
export interface ZookeeperTls {
  /** File with the authorities to trust, in PEM. Default: those of Node. */
  readonly ca?: string | undefined
  /** File with the certificate of this process, in PEM, for servers that ask for one. */
  readonly cert?: string | undefined
  /** File with the key of `cert`, in PEM. */
  readonly key?: string | undefined
}

/** What happens on a Connection. */
export interface ConnectionListener {
  /** A whole frame has come. What it throws ends the connection. */
  onFrame(frame: Buffer): void
  /** The connection is over; called once, and nothing after it. */
  onClose(reason: Error): void
}

/** One connection to a server: all that a Link needs to know of sockets. */
export interface Connection {
  /** Hands bytes to the network, in order. Lost when the connection is over. */
  send(bytes: Buffer): void
  /** Ends the connection now; `onClose` follows with `reason`. */
  destroy(reason: Error): void
}

/** How to come by a Connection. */
export interface DialOptions extends Abortable {
  readonly server: ZookeeperServer
  readonly listener: ConnectionListener
}

/** Opens a Connection. Rejects when that fails, and with the signal's reason when it aborts. */
export type Dial = (options: DialOptions) => Promise<Connection>

const PORT = 2181

/**
 * The longest answer taken, in bytes. ZooKeeper itself limits nodes and requests to 1 MB, but not its answers: this is the list of the names
 * of 100,000 instances.
 */
const FRAME_BYTES_MAX = 16 * 2 ** 20

/** Dials over TCP, or over TLS if `tls` is given; the server's certificate is always verified. */
export function dialSocket(tls?: ZookeeperTls): Dial {
  return async ({ server, listener, signal }) => {
    const socket = await open(server, tls)
    try {
      return await connectionOver(socket, { listener, signal, event: tls ? 'secureConnect' : 'connect' })
    } catch (error) {
      socket.destroy()
      throw error
    }
  }
}

async function open({ host, port = PORT }: ZookeeperServer, tls: ZookeeperTls | undefined): Promise<Socket> {
  if (!tls) return connectTcp({ host, port, noDelay: true })
  const [ca, cert, key] = await Promise.all([tls.ca, tls.cert, tls.key].map(contents))
  const files = { ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) }
  const socket = connectTls({ host, port, ...files, ...(isIP(host) === 0 && { servername: host }) })
  return socket.setNoDelay()
}

async function contents(file: string | undefined): Promise<Buffer | undefined> {
  return file === undefined ? undefined : readFile(file)
}

interface Opening extends Abortable {
  readonly listener: ConnectionListener
  readonly event: 'connect' | 'secureConnect'
}

async function connectionOver(socket: Socket, { listener, event, signal }: Opening): Promise<Connection> {
  const opened = Promise.withResolvers<void>()
  const splitter = new FrameSplitter(FRAME_BYTES_MAX)
  let failure: Error | undefined
  let isOpen = false
  const fail = (error: Error) => {
    failure ??= error
    opened.reject(error)
    socket.destroy()
  }
  socket.once(event, opened.resolve)
  socket.on('error', fail)
  socket.on('end', () => fail(new ZookeeperConnectionError('the server closed it')))
  socket.on('close', () => {
    fail(new ZookeeperConnectionError('it was closed'))
    if (isOpen && failure) listener.onClose(failure)
  })
  await abortable(opened.promise, signal)
  isOpen = true
  socket.on('data', (chunk: Buffer) => {
    try {
      for (const frame of splitter.push(chunk)) listener.onFrame(frame)
    } catch (error) {
      fail(error as Error)
    }
  })
  return { send: bytes => void socket.write(bytes), destroy: fail }
}
