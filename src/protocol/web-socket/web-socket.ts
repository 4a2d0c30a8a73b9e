import type { Duplex } from 'node:stream'
import type { ByteBudget } from '../../core/byte-budget.ts'
import type { Clock, Timer } from '../../core/clock.ts'
import { NO_CODE, NO_GOODBYE } from './close-code.ts'
import { controlFrame, type Role, shortFrame, textFrame } from './encode-frame.ts'
import { FrameDecoder } from './frame-decoder.ts'
import { CONTROL_BYTES_MAX, OPCODE } from './opcode.ts'

/** How long the other side has to answer a goodbye, in milliseconds; then the connection is cut. */
const GOODBYE_MS = 5_000

/** Pings of one who does not read are not answered when so many bytes wait. The answer to the latest is enough (RFC 6455, 5.5.3). */
const UNREAD_BYTES_MAX = 64 * 1024

/** What happens on a WebSocket. */
export interface WebSocketListener {
  /** A message has come. */
  onText(text: string): void
  /** The other side has pinged, or answered a ping. */
  onAlive(): void
  /** The network has taken everything that had to wait. */
  onRoom(): void
  /** It is over, by whichever side; called once, and nothing after it. */
  onClose(end: WebSocketEnd): void
}

/** How a WebSocket ended. */
export interface WebSocketEnd {
  /** What the other side gave; 1005 if it gave none, 1006 when there was no goodbye. */
  readonly code: number
  /** What the other side said with it, or what broke. */
  readonly reason: string
}

/** What a WebSocket is made of, when the handshake is over. */
export interface WebSocketInit {
  readonly socket: Duplex
  /** Which side this is. */
  readonly role: Role
  readonly clock: Clock
  /** The most bytes of a message that is taken. */
  readonly messageBytesMax: number
  /** What long messages that are not whole take together on all connections. Default: any number. */
  readonly budget?: ByteBudget | undefined
}

/**
 * One side of a WebSocket connection (RFC 6455) that carries text: no extensions, no subprotocols, no binary messages. Whoever made the
 * socket brings what it receives to `receive`. Pings are answered, a goodbye is answered and ends the connection, and so does
 * everything that is not RFC 6455 or longer than the limit. Nothing throws: writing to a connection that is over does nothing.
 */
export class WebSocket {
  readonly #init: WebSocketInit
  readonly #decoder: FrameDecoder
  #listener: WebSocketListener | undefined
  #goodbye: Timer | undefined
  /** Whether this side has said goodbye. */
  #closing = false
  #over = false
  #end: WebSocketEnd = { code: NO_GOODBYE, reason: '' }

  constructor(init: WebSocketInit) {
    this.#init = init
    const { socket, role, messageBytesMax, budget } = init
    this.#decoder = new FrameDecoder({
      from: role === 'client' ? 'server' : 'client',
      messageBytesMax,
      budget,
      listener: {
        onText: text => this.#listener?.onText(text),
        onControl: (opcode, payload) => this.#control(opcode, payload),
        onBroken: (code, reason) => this.#break(code, reason),
      },
    })
    socket.on('error', ({ message }: Error) => this.#fail(message))
    socket.on('drain', () => this.#listener?.onRoom())
    socket.on('end', () => this.destroy())
    socket.on('close', () => this.#finish())
  }

  /** Begins to tell what happens. Call it once, before anything is received. */
  listen(listener: WebSocketListener): void {
    this.#listener = listener
  }

  /** Whether messages can still be sent. */
  get isOpen(): boolean {
    return !this.#closing && !this.#over
  }

  /** How many bytes the network has not taken yet. */
  get bufferedBytes(): number {
    return this.#init.socket.writableLength
  }

  /** What has come from the network. The bytes are changed, and not kept. */
  receive(chunk: Buffer): void {
    this.#decoder.push(chunk)
  }

  /** Receives nothing until `resume`. */
  pause(): void {
    this.#init.socket.pause()
  }

  resume(): void {
    this.#init.socket.resume()
  }

  /** Sends a message. */
  send(text: string): void {
    if (!this.isOpen) return
    const { socket, role } = this.#init
    const short = role === 'server' ? shortFrame(text) : undefined
    if (short === undefined) socket.write(textFrame(text, role))
    else socket.write(short, 'latin1')
  }

  /** Sends a frame that was made by `textFrame` for this role, perhaps for many. */
  sendFrame(frame: Buffer): void {
    if (this.isOpen) this.#init.socket.write(frame)
  }

  ping(): void {
    if (this.isOpen) this.#init.socket.write(controlFrame(OPCODE.ping, Buffer.alloc(0), this.#init.role))
  }

  /** Says goodbye, once. It is over when the other side has answered, or after five seconds. */
  close(code: number, reason: string): void {
    if (!this.isOpen) return
    this.#closing = true
    this.#init.socket.write(controlFrame(OPCODE.close, closePayload(code, reason), this.#init.role))
    this.#goodbye = this.#init.clock.schedule(GOODBYE_MS, () => this.destroy())
  }

  /** Ends it at once, without a goodbye. */
  destroy(): void {
    this.#decoder.stop()
    this.#init.socket.destroy()
  }

  #control(opcode: number, payload: Buffer): void {
    const { socket, role } = this.#init
    if (opcode === OPCODE.close) return this.#answerGoodbye(payload)
    const isAnswered = opcode === OPCODE.ping && this.isOpen && this.bufferedBytes < UNREAD_BYTES_MAX
    if (isAnswered) socket.write(controlFrame(OPCODE.pong, payload, role))
    this.#listener?.onAlive()
  }

  /** The server is the one that ends the connection below, so that it is not the one who has to remember it (TIME_WAIT) in vain. */
  #answerGoodbye(payload: Buffer): void {
    const code = payload.length < 2 ? NO_CODE : payload.readUInt16BE()
    this.#end = { code, reason: payload.toString('utf8', 2) }
    this.close(code === NO_CODE ? 1000 : code, '')
    this.#init.socket.end()
  }

  /** The other side is told why; what else it sends is not looked at. */
  #break(code: number, reason: string): void {
    this.#fail(reason)
    this.close(code, reason)
    this.#init.socket.end()
  }

  #fail(reason: string): void {
    if (this.#end.code === NO_GOODBYE && this.#end.reason === '') this.#end = { code: NO_GOODBYE, reason }
  }

  #finish(): void {
    if (this.#over) return
    this.#over = true
    this.#decoder.stop()
    this.#goodbye?.cancel()
    this.#listener?.onClose(this.#end)
  }
}

function closePayload(code: number, reason: string): Buffer {
  const payload = Buffer.alloc(CONTROL_BYTES_MAX)
  payload.writeUInt16BE(code)
  // As much of the reason as fits, in whole characters.
  const { written } = new TextEncoder().encodeInto(reason, payload.subarray(2))
  return payload.subarray(0, 2 + written)
}
