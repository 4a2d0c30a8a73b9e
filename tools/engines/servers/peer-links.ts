import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'

/** The most of a connection's beginning that is looked at, in bytes. */
const HEAD_BYTES_MAX = 16_384

/** How long a target may take to listen, in milliseconds: so often so much. */
const CONNECT_ATTEMPTS = 40
const CONNECT_STEP_MS = 50

/** Who opens a connection: known from the start, or to be read from the first that it says. */
type Sender = string | ((head: string) => string | undefined)

interface Link {
  readonly from: string
  readonly to: string
  readonly sockets: readonly Socket[]
}

/**
 * The connections between the nodes of a cluster, led through this process, so that one node can be cut off from the others while clients still
 * reach it. Nodes have names of the caller's choice. A cut resets what is open between the node and the others, both ways, and whatever they
 * open until it is mended.
 */
export class PeerLinks implements AsyncDisposable {
  readonly #servers: Server[] = []
  readonly #links = new Set<Link>()
  readonly #cut = new Set<string>()

  /** A port of 127.0.0.1 that leads to `port`, of the node `to`, for the node `from`. */
  async lead({ from, to, port }: { from: Sender; to: string; port: number }): Promise<number> {
    const server = createServer(socket => void this.#accept(socket, { from, to, port }))
    this.#servers.push(server)
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    return (server.address() as AddressInfo).port
  }

  /** Cuts a node off from the others until `mend`. */
  cut(name: string): void {
    this.#cut.add(name)
    for (const link of this.#links) if (this.#isCut(link)) for (const socket of link.sockets) socket.destroy()
  }

  mend(name: string): void {
    this.#cut.delete(name)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const server of this.#servers) server.close()
    for (const { sockets } of this.#links) for (const socket of sockets) socket.destroy()
  }

  #isCut({ from, to }: Pick<Link, 'from' | 'to'>): boolean {
    return this.#cut.has(from) || this.#cut.has(to)
  }

  async #accept(socket: Socket, { from, to, port }: { from: Sender; to: string; port: number }): Promise<void> {
    socket.on('error', () => {})
    const sender = typeof from === 'string' ? from : await senderOf(socket, from)
    if (socket.destroyed || sender === undefined || this.#isCut({ from: sender, to })) return void socket.destroy()
    const target = await connected(port)
    if (!target || socket.destroyed || this.#isCut({ from: sender, to })) {
      target?.destroy()
      return void socket.destroy()
    }
    socket.setNoDelay()
    const link = { from: sender, to, sockets: [socket, target] }
    this.#links.add(link)
    for (const [one, other] of [link.sockets, link.sockets.toReversed()] as [Socket, Socket][]) {
      one.pipe(other)
      one.once('close', () => {
        // What was said before an orderly end is still to be passed on; a reset is passed on at once.
        if (!one.readableEnded) other.destroy()
        if (other.closed) this.#links.delete(link)
      })
    }
  }
}

/**
 * Connects within a limit of time: a link accepts before its target listens, and what a node without links would try again is not told of the
 * difference.
 */
async function connected(port: number): Promise<Socket | undefined> {
  for (let attempt = 0; attempt < CONNECT_ATTEMPTS; attempt++) {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true })
    socket.on('error', () => {})
    const [outcome] = await Promise.race([
      once(socket, 'connect').then(() => ['open']),
      once(socket, 'close').then(() => ['closed']),
    ]).catch(() => ['closed'])
    if (outcome === 'open') return socket
    await delay(CONNECT_STEP_MS)
  }
  return undefined
}

/** Reads ahead until `from` knows who speaks, and puts back what it read. */
async function senderOf(socket: Socket, from: (head: string) => string | undefined): Promise<string | undefined> {
  const head: Buffer[] = []
  for (let bytes = 0; bytes < HEAD_BYTES_MAX && !socket.destroyed;) {
    const chunk = (socket.read() as Buffer | null) ?? undefined
    if (!chunk) {
      await Promise.race([once(socket, 'readable'), once(socket, 'close')]).catch(() => {})
      if (socket.readableEnded) return undefined
      continue
    }
    head.push(chunk)
    bytes += chunk.length
    const sender = from(Buffer.concat(head).toString('latin1'))
    if (sender === undefined) continue
    socket.unshift(Buffer.concat(head))
    return sender
  }
  return undefined
}
