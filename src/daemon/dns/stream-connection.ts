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

  constructor(init: StreamConnectionInit) {
    this.#init = init
    const { socket, onClose } = init
    this.#idle = this.#watchIdle()
    socket.on('data', (part: Buffer) => this.#receive(part))
    socket.on('drain', () => socket.resume())
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
    const received = this.#received.length === 0 ? part : Buffer.concat([this.#received, part])
    let at = 0
    while (received.length - at >= 2) {
      const length = received.readUInt16BE(at)
      if (length < HEADER_BYTES || length > QUERY_BYTES_MAX) return this.destroy()
      if (received.length - at - 2 < length) break
      this.#query(received.subarray(at + 2, at + 2 + length))
      at += 2 + length
    }
    this.#received = Buffer.from(received.subarray(at))
    if (this.#init.socket.writableLength > QUEUE_BYTES_MAX) this.#init.socket.pause()
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
    if (this.#hasEnded && this.#pending === 0) this.#init.socket.end()
  }

  #watchIdle(): Timer {
    const { clock, idleMs, socket } = this.#init
    return clock.schedule(idleMs, () => socket.destroy())
  }
}
