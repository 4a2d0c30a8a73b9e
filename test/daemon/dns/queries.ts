import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { connect } from 'node:net'
import { type Answer, decode, encode, type Packet, RECURSION_DESIRED } from 'dns-packet'
import { PATIENCE_MS } from '../../patience.ts'

/** A query as a client encodes it. */
export interface QueryInit {
  readonly id?: number
  readonly class?: 'IN' | 'CH' | 'ANY'
  /** What EDNS0 says can be taken by UDP. */
  readonly payloadBytes?: number
}

/** The bytes of a question, by another implementation than the one under test. */
export function queryFor(name: string, type: string, init: QueryInit = {}): Buffer {
  const { id = 4711, class: asked = 'IN', payloadBytes } = init
  const opt = {
    type: 'OPT',
    name: '.',
    udpPayloadSize: payloadBytes,
    extendedRcode: 0,
    ednsVersion: 0,
    flags: 0,
    options: [],
  }
  return encode({
    type: 'query',
    id,
    flags: RECURSION_DESIRED,
    questions: [{ name, type, class: asked } as never],
    additionals: payloadBytes === undefined ? [] : [opt as never],
  })
}

/** An answer as another implementation reads it, in a form to compare with. */
export interface ReadAnswer {
  readonly code: string
  readonly flags: string
  readonly answers: readonly string[]
  readonly authorities: readonly string[]
  readonly additionals: readonly string[]
  readonly edns: number | undefined
  readonly bytes: number
}

/** Reads an answer. Throws when it is malformed. */
export function readAnswer(bytes: Buffer): ReadAnswer {
  const packet = decode(bytes) as unknown as Packet & Record<string, unknown>
  const flags = ['qr', 'aa', 'tc', 'rd', 'ra'].filter(flag => packet[`flag_${flag}`]).join(' ')
  const opt = packet.additionals?.find(({ type }) => type === 'OPT') as { udpPayloadSize: number } | undefined
  return {
    code: packet['rcode'] as string,
    flags,
    answers: linesOf(packet.answers),
    authorities: linesOf(packet.authorities),
    additionals: linesOf(packet.additionals?.filter(({ type }) => type !== 'OPT')),
    edns: opt?.udpPayloadSize,
    bytes: bytes.length,
  }
}

function linesOf(answers: readonly Answer[] = []): string[] {
  return answers.map(answer => {
    const { name, type, ttl, data } = answer as { name: string; type: string; ttl: number; data: unknown }
    return `${name} ${ttl} ${type} ${textOf(data)}`
  })
}

function textOf(data: unknown): string {
  if (typeof data === 'string') return data
  if (Array.isArray(data)) return data.map(part => JSON.stringify(String(part))).join(' ')
  if (Buffer.isBuffer(data)) return JSON.stringify(String(data))
  const fields = data as Record<string, unknown>
  if ('target' in fields) return [fields['priority'], fields['weight'], fields['port'], fields['target']].join(' ')
  const { mname, rname, refresh, retry, expire, minimum } = fields
  return [mname, rname, '#', refresh, retry, expire, minimum].join(' ')
}

/** Sends a query by UDP, again every second until it is answered, and resolves with the answer. */
export async function askByUdp(port: number, query: Buffer): Promise<Buffer> {
  const socket = createSocket('udp4')
  socket.connect(port, '127.0.0.1')
  await once(socket, 'connect')
  const send = () => socket.send(query)
  const again = setInterval(send, 1_000)
  send()
  try {
    const [answer] = (await once(socket, 'message', { signal: AbortSignal.timeout(PATIENCE_MS) })) as [Buffer]
    return answer
  } finally {
    clearInterval(again)
    socket.close()
  }
}

/** Sends a query by TCP and resolves with the answer. */
export async function askByTcp(port: number, query: Buffer): Promise<Buffer> {
  const socket = connect(port, '127.0.0.1')
  const length = Buffer.alloc(2)
  length.writeUInt16BE(query.length, 0)
  socket.write(Buffer.concat([length, query]))
  let received: Buffer = Buffer.alloc(0)
  while (received.length < 2 || received.length < 2 + received.readUInt16BE(0)) {
    const [part] = (await once(socket, 'data', { signal: AbortSignal.timeout(PATIENCE_MS) })) as [Buffer]
    received = Buffer.concat([received, part])
  }
  socket.destroy()
  return received.subarray(2)
}
