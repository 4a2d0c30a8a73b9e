import type { Socket } from 'node:net'
import type { Clock, Timer } from '../../core/clock.ts'
import { HEADER_BYTES } from './codes.ts'
import type { DatagramListener } from './datagrams.ts'
import { QUERY_BYTES_MAX } from './message-writer.ts'

/** Answers that the other side has not taken, in bytes; above it nothing more is read from it. */
const QUEUE_BYTES_MAX = 256 * 1024

/** What a StreamConnection works with. */
export interface StreamConnectionInit {
  readonly socket: Socket
  readonly listener: DatagramListener
  readonly clock: Clock
  /** A connection without a whole query for this long is closed. */
  readonly idleMs: number
  readonly onClose: () => void
}

/**
 * DNS on one TCP connection (RFC 7766): any number of queries, each after its length, answered in the order in which the answers come. One
 * that sends what cannot be a query is cut off, one that says nothing is closed, and from one that does not read its answers no more is read.
 */
export class StreamConnection {
  readonly #init: StreamConnectionInit
  #received: Buffer = Buffer.alloc(0)
  #idle: Timer
  /** Queries without an answer yet. */
  #pending = 0
  #hasEnded = false
  /** Whether whole queries may be left in what was received. */
  #hasMore = false

  constructor(init: StreamConnectionInit) {
    this.#init = init
    const { socket, onClose } = init
    this.#idle = this.#watchIdle()
    socket.on('data', (part: Buffer) => this.#receive(part))
    socket.on('drain', () => this.#readOn())
    socket.on('end', () => {
      this.#hasEnded = true
      this.#endIfDone()
    })
    socket.on('error', () => socket.destroy())
    socket.once('close', () => {
      this.#idle.cancel()
      onClose()
    })
    socket.resume()
  }

  /** Ends it at once. */
  destroy(): void {
    this.#init.socket.destroy()
  }

  #receive(part: Buffer): void {
    this.#received = this.#received.length === 0 ? part : Buffer.concat([this.#received, part])
    this.#readOn()
  }

  /** Takes up what was received, as long as the other side takes the answers: many short queries may have come at once, with long answers each. */
  #readOn(): void {
    const { socket } = this.#init
    const received = this.#received
    let at = 0
    this.#hasMore = true
    while (socket.writableLength <= QUEUE_BYTES_MAX) {
      const length = received.length - at < 2 ? undefined : received.readUInt16BE(at)
      if (length !== undefined && (length < HEADER_BYTES || length > QUERY_BYTES_MAX)) return this.destroy()
      this.#hasMore = length !== undefined && received.length - at - 2 >= length
      if (length === undefined || !this.#hasMore) break
      this.#query(received.subarray(at + 2, at + 2 + length))
      at += 2 + length
    }
    this.#received = Buffer.from(received.subarray(at))
    if (this.#hasMore) socket.pause()
    else socket.resume()
    this.#endIfDone()
  }

  #query(message: Buffer): void {
    this.#idle.cancel()
    this.#idle = this.#watchIdle()
    this.#pending++
    this.#init.listener(message, answer => {
      this.#pending--
      if (answer.length > 0) this.#send(answer)
      this.#endIfDone()
    })
  }

  #send(answer: Buffer): void {
    const { socket } = this.#init
    if (!socket.writable) return
    const length = Buffer.allocUnsafe(2)
    length.writeUInt16BE(answer.length, 0)
    socket.cork()
    socket.write(length)
    socket.write(answer)
    socket.uncork()
  }

  #endIfDone(): void {
    if (this.#hasEnded && !this.#hasMore && this.#pending === 0) this.#init.socket.end()
  }

  #watchIdle(): Timer {
    const { clock, idleMs, socket } = this.#init
    return clock.schedule(idleMs, () => socket.destroy())
  }
}
