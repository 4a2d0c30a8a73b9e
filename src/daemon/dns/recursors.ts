import { randomInt } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { connect, isIP, isIPv6 } from 'node:net'
import { timeLimit } from '../../core/abort.ts'
import type { Clock } from '../../core/clock.ts'
import { HEADER_BYTES, RESPONSE_CODES } from './codes.ts'
import { DnsSettingError } from './errors.ts'
import type { Transport } from './responder.ts'

/** Questions that wait for others at a time; further ones fail at once. */
const PENDING_MAX = 1_000

/** How long one of the others has for its answer. */
const ANSWER_MS = 2_000

/** A server that is asked for names of others: its IP address, and its port. */
export interface Recursor {
  readonly address: string
  readonly port: number
}

/** Reads `10.0.0.2`, `10.0.0.2:5353`, `fd00::2` and `[fd00::2]:5353`; port 53 if none. Throws `DnsSettingError`. */
export function parseRecursor(text: string): Recursor {
  if (isIP(text)) return { address: text, port: 53 }
  const { hostname = '', port = '' } = URL.parse(`dns://${text}`) ?? {}
  const address = hostname.replace(/^\[(.*)\]$/, '$1')
  if (isIP(address) && `${hostname}:${port}` === text && port !== '0') return { address, port: Number(port) }
  throw new DnsSettingError('recursors', text, 'an IP address, with or without a port')
}

/** Asks others what is asked about their names. */
export class Recursors {
  readonly #recursors: readonly Recursor[]
  readonly #clock: Clock
  readonly #closing = new AbortController()
  #pending = 0

  constructor(recursors: readonly Recursor[], clock: Clock) {
    this.#recursors = recursors
    this.#clock = clock
  }

  /**
   * The answer to a query, asked the way it came, of the first of the others that knows one, in their order, each being given 2 s; what the first
   * said if all only say that they failed or refuse; undefined if none says anything, or if a thousand questions wait already. Each question goes from a port and with a number of its own, chosen by chance, so that nobody who does not
   * see it can answer it. Never rejects.
   */
  async ask(message: Buffer, transport: Transport): Promise<Buffer | undefined> {
    if (this.#pending >= PENDING_MAX) return undefined
    this.#pending++
    try {
      let refusal: Buffer | undefined
      for (const recursor of this.#recursors) {
        const answer = await this.#askOne(message, recursor, transport).catch(() => undefined)
        if (answer && isKnown(answer)) return answer
        refusal ??= answer
        if (this.#closing.signal.aborted) break
      }
      return refusal
    } finally {
      this.#pending--
    }
  }

  /** Gives up what is being asked. */
  close(): void {
    this.#closing.abort()
  }

  async #askOne(message: Buffer, recursor: Recursor, transport: Transport): Promise<Buffer | undefined> {
    using limit = timeLimit(this.#clock, ANSWER_MS, this.#closing)
    const query = Buffer.from(message)
    query.writeUInt16BE(randomInt(0x1_0000), 0)
    const ask = transport === 'udp' ? askByDatagram : askByStream
    const answer = await ask(query, recursor, limit.signal)
    message.copy(answer, 0, 0, 2)
    return answer
  }
}

async function askByDatagram(query: Buffer, { address, port }: Recursor, signal: AbortSignal): Promise<Buffer> {
  const socket = createSocket(isIPv6(address) ? 'udp6' : 'udp4')
  try {
    socket.connect(port, address)
    await once(socket, 'connect', { signal })
    socket.send(query)
    for (;;) {
      const [answer] = (await once(socket, 'message', { signal })) as [Buffer]
      if (isAnswerTo(query, answer)) return answer
    }
  } finally {
    socket.close()
  }
}

async function askByStream(query: Buffer, { address, port }: Recursor, signal: AbortSignal): Promise<Buffer> {
  const socket = connect({ host: address, port, signal })
  try {
    const length = Buffer.alloc(2)
    length.writeUInt16BE(query.length, 0)
    socket.write(Buffer.concat([length, query]))
    let received: Buffer = Buffer.alloc(0)
    for await (const part of socket) {
      received = Buffer.concat([received, part as Buffer])
      if (received.length < 2 || received.length - 2 < received.readUInt16BE(0)) continue
      const answer = received.subarray(2, 2 + received.readUInt16BE(0))
      if (isAnswerTo(query, answer)) return Buffer.from(answer)
      break
    }
    throw new Error('the connection ended before the answer')
  } finally {
    socket.destroy()
  }
}

/** Whether an answer tells what there is, or that there is nothing: another server may know what one that fails or refuses does not. */
function isKnown(answer: Buffer): boolean {
  const code = answer.readUInt8(3) & 0xf
  return code === RESPONSE_CODES.noError || code === RESPONSE_CODES.nameError
}

/** Whether it is an answer, of the same number and to the same question. */
function isAnswerTo(query: Buffer, answer: Buffer): boolean {
  if (answer.length < HEADER_BYTES || !(answer.readUInt8(2) & 0x80)) return false
  const questionEnd = query.indexOf(0, HEADER_BYTES) + 5
  const sameId = query.readUInt16BE(0) === answer.readUInt16BE(0)
  const question = answer.toString('latin1', HEADER_BYTES, questionEnd)
  return sameId && question.toLowerCase() === query.toString('latin1', HEADER_BYTES, questionEnd).toLowerCase()
}
