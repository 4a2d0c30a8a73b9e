import type { Socket } from 'node:dgram'
import type { Server } from 'node:net'
import { type Answer, decode, encode } from 'dns-packet'
import { bindOnePort } from '../../daemon/dns/one-port.ts'

/** What a NameServer says to a question; `code` 3 is NXDOMAIN, 2 a failure; 'silent' nothing. */
export type Reply =
  | {
      readonly answers?: readonly Answer[]
      readonly additionals?: readonly Answer[]
      readonly authorities?: readonly Answer[]
      readonly code?: number
      readonly truncated?: boolean
      /** What is wrong with the answer by TCP: the bits of its id that are turned over, the name it is about. */
      readonly astray?: { readonly id?: number; readonly name?: string }
    }
  | 'silent'

const RESPONSE_FLAGS = 0x04_00
const TRUNCATED = 0x02_00

/** A name server on this machine that says what a test tells it to, by UDP and, in full, by TCP. Written with another implementation of DNS. */
export class NameServer implements AsyncDisposable {
  /** `name TYPE` of everything it was asked. */
  readonly asked: string[] = []
  #replies = new Map<string, Reply>()
  readonly port: number
  readonly #udp: Socket
  readonly #tcp: Server

  private constructor({ udp, tcp, port }: { udp: Socket; tcp: Server; port: number }) {
    this.port = port
    this.#udp = udp
    this.#tcp = tcp
    udp.on('message', (bytes, from) => {
      const answer = this.#answer(bytes, { udp: true })
      if (answer) udp.send(answer, from.port, from.address)
    })
    tcp.on('connection', socket => {
      socket.on('error', () => {})
      socket.on('data', bytes => {
        const answer = this.#answer((bytes as Buffer).subarray(2), { udp: false })
        if (!answer) return
        const length = Buffer.alloc(2)
        length.writeUInt16BE(answer.length)
        socket.write(length)
        socket.end(answer)
      })
    })
  }

  static async start(): Promise<NameServer> {
    return new NameServer(await bindOnePort())
  }

  /** What it says from now on to `name TYPE`; to all else that there is no such name. */
  says(replies: Readonly<Record<string, Reply>>): void {
    this.#replies = new Map(Object.entries(replies))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await new Promise(resolve => this.#udp.close(() => resolve(undefined)))
    await new Promise(resolve => this.#tcp.close(resolve))
  }

  #answer(bytes: Buffer, { udp }: { udp: boolean }): Buffer | undefined {
    const { id = 0, questions = [] } = decode(bytes)
    const [question] = questions
    const key = `${question?.name} ${question?.type}`
    this.asked.push(udp ? key : `${key} TCP`)
    const reply = this.#replies.get(key) ?? { code: 3 }
    if (reply === 'silent') return undefined
    const { answers = [], additionals = [], authorities = [], code = 0, truncated = false, astray } = reply
    const cut = truncated && udp
    const flags = RESPONSE_FLAGS | code | (cut ? TRUNCATED : 0)
    const sections = cut ? {} : { answers: [...answers], additionals: [...additionals], authorities: [...authorities] }
    const { id: wrongBits = 0, name = question?.name } = (udp ? undefined : astray) ?? {}
    const asked = question && name !== undefined ? [{ ...question, name }] : questions
    return encode({ type: 'response', id: id ^ wrongBits, flags, questions: asked, ...sections })
  }
}

/** An SRV record. */
export function srv(
  name: string,
  target: string,
  init: { port: number; weight?: number; priority?: number; ttl?: number },
): Answer {
  const { port, weight = 1, priority = 1, ttl = 1 } = init
  return { type: 'SRV', name, ttl, data: { target, port, weight, priority } }
}

/** An A or AAAA record. */
export function address(name: string, data: string, ttl = 1): Answer {
  return { type: data.includes(':') ? 'AAAA' : 'A', name, ttl, data }
}

/** What stands beside an empty answer: it counts for so many seconds. */
export function soa(name: string, minimum: number): Answer {
  const data = { mname: 'ns', rname: 'admin', serial: 1, refresh: 1, retry: 1, expire: 1, minimum }
  return { type: 'SOA', name, ttl: 3600, data }
}
