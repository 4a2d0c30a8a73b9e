import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

/** Bytes that are read at once. All connections share them, as nothing of what is read is kept. */
const buffer = Buffer.alloc(262_144)

/** As much of a reply is looked at: with the rest of it as text the client would be busier than the server. */
const HEAD_BYTES_MAX = 2_048

/** What a reply says of itself before its body. */
interface Head {
  readonly index: string
  /** How many bytes the reply has in all; undefined where it is sent in chunks and says at the end that it ends. */
  readonly bytes: number | undefined
}

const LAST_CHUNK = Buffer.from('\r\n0\r\n\r\n')

/**
 * A connection that asks for a service by Consul's API again and again, each time for what comes after the index of the last reply. It looks at the head of a
 * reply and counts the bytes of the rest.
 */
export class WaitingRequest {
  readonly #socket: Socket
  readonly #path: string
  readonly #onReply: () => void
  #head: Head | undefined
  #received = 0

  private constructor(socket: Socket, { path, onReply }: { path: string; onReply: () => void }) {
    this.#socket = socket
    this.#path = path
    this.#onReply = onReply
  }

  /** Connects and resolves with the first reply; it asks for what comes after at once. `onReply` is called for each reply after. */
  static async open(port: number, path: string, onReply: () => void): Promise<WaitingRequest> {
    const first = Promise.withResolvers<void>()
    const hear = { callback: (bytes: number) => (request.#read(bytes), true), buffer }
    const socket = connect({ port, host: '127.0.0.1', noDelay: true, onread: hear })
    let isFirst = true
    const request = new WaitingRequest(socket, {
      path,
      onReply() {
        if (!isFirst) return onReply()
        isFirst = false
        first.resolve()
      },
    })
    socket.once('close', () => process.connected && process.exit(1))
    await once(socket, 'connect')
    request.#ask('0')
    await first.promise
    return request
  }

  #ask(index: string): void {
    this.#head = undefined
    this.#received = 0
    this.#socket.write(`GET ${this.#path}?index=${index}&wait=10m HTTP/1.1\r\nHost: localhost\r\n\r\n`)
  }

  #read(bytes: number): void {
    this.#head ??= headOf(buffer.toString('latin1', 0, Math.min(bytes, HEAD_BYTES_MAX)))
    this.#received += bytes
    const { index, bytes: all } = this.#head
    const isOver =
      all === undefined ? buffer.subarray(bytes - LAST_CHUNK.length, bytes).equals(LAST_CHUNK) : this.#received >= all
    if (!isOver) return
    this.#ask(index)
    this.#onReply()
  }
}

function headOf(text: string): Head {
  const end = text.indexOf('\r\n\r\n')
  const head = text.slice(0, end)
  if (end < 0 || !head.startsWith('HTTP/1.1 200')) throw new Error(`The reply begins with ${text.slice(0, 200)}`)
  const index = /^X-Consul-Index: (\d+)$/im.exec(head)?.[1] ?? '0'
  const length = /^Content-Length: (\d+)$/im.exec(head)?.[1]
  return { index, bytes: length === undefined ? undefined : end + 4 + Number(length) }
}
