import { createSocket } from 'node:dgram'
import { connect } from 'node:net'
import { abortable, timeLimit } from '../../core/abort.ts'
import type { Clock } from '../../core/clock.ts'
import type { Random } from '../../core/random.ts'
import { DnsFailedError } from './errors.ts'
import { decodeMessage, type DnsMessage, encodeQuery, type QuestionType } from './message.ts'

/** The largest answer by UDP that is asked for: what passes every network in one packet. */
const ANSWER_BYTES = 1_232

/** The largest answer by TCP that is taken. */
const STREAM_BYTES = 65_535

/** How often a question is asked by UDP, which may lose it. */
const ATTEMPTS = 3

/** Which server, and how long to wait for it. */
export interface DnsClientOptions {
  readonly host: string
  readonly port: number
  readonly clock: Clock
  readonly random: Random
  /** The longest wait for one answer, in milliseconds. */
  readonly timeoutMs: number
}

/** Asks one name server: by UDP, each time from a new port, and by TCP what did not fit. */
export class DnsClient {
  readonly #options: DnsClientOptions

  constructor(options: DnsClientOptions) {
    this.#options = options
  }

  /** Resolves with an answer that says what there is, or (code 3) that the name is none. Rejects with `DnsFailedError`, and with the signal's reason. */
  async ask(name: string, type: QuestionType, signal: AbortSignal): Promise<DnsMessage> {
    let answer: DnsMessage | undefined
    let cause: unknown
    for (let attempt = 0; attempt < ATTEMPTS && !answer; attempt++) {
      try {
        answer = await this.#once(name, type, signal)
      } catch (error) {
        signal.throwIfAborted()
        cause = error
      }
    }
    const { host, port } = this.#options
    const asked = { server: `${host.includes(':') ? `[${host}]` : host}:${port}`, question: `${name} ${type}` }
    if (!answer) throw new DnsFailedError(asked, describe(cause), { cause })
    if (answer.code === 0 || answer.code === 3) return answer
    throw new DnsFailedError(asked, `its code is ${answer.code}${answer.code === 2 ? ' (server failure)' : ''}`)
  }

  async #once(name: string, type: QuestionType, signal: AbortSignal): Promise<DnsMessage> {
    const { clock, random, timeoutMs } = this.#options
    using limit = timeLimit(clock, timeoutMs, { signal })
    const id = Math.floor(random.next() * 0x1_00_00)
    const query = encodeQuery(id, name, { type, answerBytes: ANSWER_BYTES })
    const isAnswer = (message: DnsMessage) => message.id === id && message.question === name.toLowerCase()
    const answer = await this.#byUdp(query, isAnswer, limit.signal)
    return answer.truncated ? this.#byTcp(query, isAnswer, limit.signal) : answer
  }

  /** What does not answer this question, whoever sends it, is passed over. */
  async #byUdp(query: Buffer, isAnswer: (message: DnsMessage) => boolean, signal: AbortSignal): Promise<DnsMessage> {
    const { host, port } = this.#options
    const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4')
    const { promise, resolve, reject } = Promise.withResolvers<DnsMessage>()
    socket.on('message', bytes => {
      const message = readable(bytes)
      if (message && isAnswer(message)) resolve(message)
    })
    socket.on('error', reject)
    socket.connect(port, host, () => socket.send(query))
    try {
      return await abortable(promise, signal)
    } finally {
      socket.close()
    }
  }

  /** One question on a connection of its own: whatever else comes there, the server cannot be trusted with it. */
  async #byTcp(query: Buffer, isAnswer: (message: DnsMessage) => boolean, signal: AbortSignal): Promise<DnsMessage> {
    const { host, port } = this.#options
    const socket = connect({ host, port })
    const { promise, resolve, reject } = Promise.withResolvers<DnsMessage>()
    let received = Buffer.alloc(0)
    socket.on('data', (bytes: Buffer) => {
      received = Buffer.concat([received, bytes])
      const length = received.length >= 2 ? received.readUInt16BE(0) : STREAM_BYTES
      if (received.length < length + 2) return
      const message = readable(received.subarray(2, length + 2))
      if (!message) reject(new RangeError('the answer by TCP cannot be read'))
      else if (!isAnswer(message)) reject(new RangeError('the answer by TCP is not to this question'))
      else resolve(message)
    })
    socket.on('error', reject)
    socket.on('close', () => reject(new RangeError('the connection ended before the answer')))
    const length = Buffer.alloc(2)
    length.writeUInt16BE(query.length)
    socket.write(Buffer.concat([length, query]))
    try {
      return await abortable(promise, signal)
    } finally {
      socket.destroy()
    }
  }
}

function readable(bytes: Buffer): DnsMessage | undefined {
  try {
    return decodeMessage(bytes)
  } catch {
    return undefined
  }
}

function describe(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause)
}
