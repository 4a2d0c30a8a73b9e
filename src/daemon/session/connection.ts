import { encodeFrames } from '../../protocol/frame.ts'
import { PROTOCOL_LIMITS } from '../../protocol/protocol.ts'
import type { WebSocket } from '../../protocol/web-socket/web-socket.ts'
import type { Turn } from '../turn.ts'
import type { Encoded } from './encoded.ts'

/** A peer that has not taken this many bytes is congested: it is told nothing more that can wait, and not listened to. */
const CONGESTED_BYTES = 1024 * 1024

/** What is heard of a connection. */
export interface ConnectionListener {
  /** A frame of text has come. */
  onFrame(frame: string): void
  /** There is room again to send what had to wait. */
  onRoom(): void
  /** It is over, whoever ended it. Called once. */
  onClose(): void
}

/** What a connection is made of. */
export interface ConnectionInit {
  readonly webSocket: Pick<
    WebSocket,
    'listen' | 'isOpen' | 'bufferedBytes' | 'pause' | 'resume' | 'send' | 'sendFrame' | 'ping' | 'close' | 'destroy'
  >
  readonly turn: Turn
  readonly now: () => number
}

/**
 * The WebSocket of one session, with a bound on what waits in it: all that is said in one turn goes in one frame, and from a peer that does
 * not take what it gets nothing more is read, so that it cannot cause more to be said.
 */
export class Connection {
  #init: ConnectionInit
  #listener: ConnectionListener | undefined
  #outbox: (Encoded | string)[] = []
  #answers: string[] = []
  #outboxLength = 0
  #heardAt: number
  #sayTask = () => this.#say()

  constructor(init: ConnectionInit) {
    this.#init = init
    this.#heardAt = init.now()
  }

  /** Begins to tell what is heard. Call it once. */
  listen(listener: ConnectionListener): void {
    const { webSocket } = this.#init
    this.#listener = listener
    webSocket.listen({
      onText: frame => {
        this.#heard()
        listener.onFrame(frame)
      },
      onAlive: () => this.#heard(),
      onRoom: () => {
        webSocket.resume()
        listener.onRoom()
      },
      onClose: () => listener.onClose(),
    })
  }

  /** Whether so much waits to be taken that what can wait should. */
  get congested(): boolean {
    return this.#outboxLength + this.#init.webSocket.bufferedBytes > CONGESTED_BYTES
  }

  /** How long nothing was heard, in milliseconds. */
  get silentMs(): number {
    return this.#init.now() - this.#heardAt
  }

  /** Says `message` at the end of this turn, after all that was said before. */
  send(message: Encoded | string): void {
    if (this.#outbox.length === 0) this.#init.turn.at('send', this.#sayTask)
    this.add(message)
  }

  /** Says at the end of this turn that something is done, after all that is told in it: so who has done it knows by then what it brought about. */
  answer(message: string): void {
    if (this.#answers.length === 0) this.#init.turn.at('send', this.#sayTask)
    this.#answers.push(message)
    this.#outboxLength += message.length
  }

  /** Says `message` with the next `flush`, which is left to the caller. */
  add(message: Encoded | string): void {
    this.#outbox.push(message)
    this.#outboxLength += typeof message === 'string' ? message.length : message.text.length
  }

  /** Says what there is to say without waiting for the end of this turn, unless answers wait for it. */
  flush(): void {
    if (this.#answers.length === 0) this.#say()
  }

  #say(): void {
    const { webSocket } = this.#init
    const messages = this.#messages()
    if (messages.length === 0) return
    const wasCongested = this.congested
    this.#outbox = []
    this.#answers = []
    this.#outboxLength = 0
    if (!webSocket.isOpen) return
    write(messages, webSocket)
    if (this.congested) webSocket.pause()
    else if (wasCongested) this.#listener?.onRoom()
  }

  /** In the order in which they are said. */
  #messages(): readonly (Encoded | string)[] {
    if (this.#answers.length === 0) return this.#outbox
    return this.#outbox.length === 0 ? this.#answers : [...this.#outbox, ...this.#answers]
  }

  /** Asks for a sign of life; not of a peer that has enough to read. */
  ping(): void {
    if (!this.congested) this.#init.webSocket.ping()
  }

  /** Says what is left to say, then goodbye with this code; what the peer does not take in time is dropped. */
  close(code: number, reason: string): void {
    this.#say()
    this.#init.webSocket.resume()
    this.#init.webSocket.close(code, reason)
  }

  /** Ends it at once. */
  destroy(): void {
    this.#init.webSocket.destroy()
  }

  #heard(): void {
    this.#heardAt = this.#init.now()
  }
}

/** What is said to many in a frame of its own is the same bytes for all of them. */
function write(messages: readonly (Encoded | string)[], to: Pick<WebSocket, 'send' | 'sendFrame'>): void {
  const [only] = messages
  if (messages.length === 1) return typeof only === 'object' ? to.sendFrame(only.frame) : to.send(`[${only}]`)
  const texts = messages.map(message => (typeof message === 'string' ? message : message.text))
  for (const frame of encodeFrames(texts, PROTOCOL_LIMITS.serverFrameBytes)) to.send(frame)
}
