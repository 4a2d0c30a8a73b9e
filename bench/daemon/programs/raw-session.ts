import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import type { ClientMessage } from '../../../src/protocol/client-message.ts'
import { PROTOCOL_VERSION, SESSION_PATH } from '../../../src/protocol/protocol.ts'

const TEXT_FRAME = 0x81
const PING = 0x89
const MASKED = 0x80

/** A pong without a payload, masked by zero. */
const PONG = Buffer.from([0x8a, MASKED, 0, 0, 0, 0])

/**
 * A session with a registry daemon with as little work per message as there can be, as `EtcdClient` is for etcd: one socket, frames
 * written by hand, masked by zero, replies handed over as bytes.
 */
export class RawSession {
  readonly #socket: Socket
  #onFrame: (payload: Buffer) => void = () => {}
  #rest: Buffer = Buffer.alloc(0)

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.on('data', (chunk: Buffer) => this.#receive(chunk))
    socket.on('close', () => {
      if (process.connected) throw new Error('The daemon has closed a session')
    })
  }

  /** Connects to the daemon on this port of the loopback interface and says hello. */
  static async open(port: number, session: string): Promise<RawSession> {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true })
    socket.write(`GET ${SESSION_PATH} HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n`)
    socket.write('Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n')
    const [head] = (await once(socket, 'data')) as [Buffer]
    if (!head.toString().startsWith('HTTP/1.1 101')) throw new Error(`The daemon refused: ${head.toString()}`)
    const client = { name: 'bench', pid: process.pid, host: 'localhost' }
    const self = new RawSession(socket)
    await self.ask({ type: 'hello', protocol: PROTOCOL_VERSION, session: session.padEnd(16, '-'), client, held: [] })
    return self
  }

  /** Sends a message; resolves with the next frame. */
  ask(message: ClientMessage): Promise<Buffer> {
    const { promise, resolve } = Promise.withResolvers<Buffer>()
    this.#onFrame = resolve
    this.send(message)
    return promise
  }

  /** Sends a message. */
  send(message: ClientMessage): void {
    const payload = Buffer.from(JSON.stringify([message]))
    this.#socket.write(Buffer.concat([frameHead(payload.length), payload]))
  }

  /** Calls `onFrame` with every frame from now on. */
  listen(onFrame: (payload: Buffer) => void): void {
    this.#onFrame = onFrame
  }

  #receive(chunk: Buffer): void {
    let bytes: Buffer = this.#rest.length > 0 ? Buffer.concat([this.#rest, chunk]) : chunk
    for (let frame = nextFrame(bytes); frame; frame = nextFrame(bytes)) {
      if (frame.opcode === TEXT_FRAME) this.#onFrame(bytes.subarray(frame.start, frame.end))
      if (frame.opcode === PING) this.#socket.write(PONG)
      bytes = bytes.subarray(frame.end)
    }
    this.#rest = bytes
  }
}

function frameHead(length: number): Buffer {
  if (length < 126) return Buffer.from([TEXT_FRAME, MASKED | length, 0, 0, 0, 0])
  return Buffer.from([TEXT_FRAME, MASKED | 126, length >> 8, length & 255, 0, 0, 0, 0])
}

function nextFrame(bytes: Buffer): { opcode: number; start: number; end: number } | undefined {
  if (bytes.length < 2) return undefined
  const short = bytes[1] as number
  const start = short < 126 ? 2 : short === 126 ? 4 : 10
  if (bytes.length < start) return undefined
  const length = short < 126 ? short : short === 126 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2))
  const end = start + length
  return end > bytes.length ? undefined : { opcode: bytes[0] as number, start, end }
}
