import { createSocket, type RemoteInfo, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { isIPv6 } from 'node:net'
import type { Clock } from '../../core/clock.ts'
import { publish } from '../../core/event.ts'
import type { TcpEndpoint } from '../../endpoint/endpoint.ts'
import { LongAnswers } from './long-answers.ts'
import { QUERY_BYTES_MAX } from './message-writer.ts'

/** Answers that wait for the kernel, in bytes; above it new ones are dropped, as a network would. */
const QUEUE_BYTES_MAX = 4 * 2 ** 20

/** What is done with a query: the answer is given to `send`, at once or later; an empty one if there is to be none. */
export type DatagramListener = (message: Buffer, send: (answer: Buffer) => void) => void

/** A bound UDP socket that answers. What comes before `answer` is called is dropped: who asks by UDP asks again. */
export class Datagrams {
  readonly #socket: Socket
  readonly #longAnswers: LongAnswers
  #listener: DatagramListener | undefined
  #isClosed = false

  private constructor(socket: Socket, clock: Clock) {
    this.#socket = socket
    this.#longAnswers = new LongAnswers(clock)
    socket.on('message', (message, from) => this.#receive(message, from))
    socket.on('error', error => {
      const text = `A DNS socket failed: ${error.message}`
      publish('daemon', { level: 'warn', event: 'dns.socket-error', message: text, error })
    })
  }

  /** Binds a socket to the interface and port. Rejects with the system's error. */
  static async bind({ host, port }: Pick<TcpEndpoint, 'host' | 'port'>, clock: Clock): Promise<Datagrams> {
    const type = host === undefined || isIPv6(host) ? 'udp6' : 'udp4'
    const socket = createSocket({ type, reuseAddr: false })
    try {
      socket.bind({ port, ...(host !== undefined && { address: host }), exclusive: true })
      await once(socket, 'listening')
    } catch (error) {
      socket.close()
      throw error
    }
    return new Datagrams(socket, clock)
  }

  get port(): number {
    return this.#socket.address().port
  }

  /** Gives every query to `listener` from now on. */
  answer(listener: DatagramListener): void {
    this.#listener = listener
  }

  /** Lets go of the port. Harmless a second time. */
  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#socket.close()
  }

  /** From port 0 nobody can be answered, and what is longer than a query may be is none. */
  #receive(message: Buffer, { port, address }: RemoteInfo): void {
    if (port === 0 || message.length > QUERY_BYTES_MAX) return
    this.#listener?.(message, answer => {
      if (answer.length === 0 || this.#isClosed) return
      if (this.#socket.getSendQueueSize() > QUEUE_BYTES_MAX) return
      this.#socket.send(this.#longAnswers.fitting(answer, address), port, address, ignore)
    })
  }
}

/** Who asked by UDP asks again when an answer was lost. */
function ignore(): void {}
