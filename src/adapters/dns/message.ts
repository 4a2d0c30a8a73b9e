/** Types of records by their numbers (RFC 1035, 2782, 3596). */
const TYPES = { A: 1, SOA: 6, AAAA: 28, SRV: 33 } as const

/** What can be asked for. */
export type QuestionType = 'A' | 'AAAA' | 'SRV'

/** One record of an answer, as far as it is understood here. */
export type DnsRecord = { readonly name: string; readonly ttlMs: number } & (
  | { readonly type: 'A' | 'AAAA'; readonly address: string }
  | {
      readonly type: 'SRV'
      readonly priority: number
      readonly weight: number
      readonly port: number
      readonly target: string
    }
  | { readonly type: 'SOA'; readonly minimumMs: number }
)

/** An answer to a query. */
export interface DnsMessage {
  readonly id: number
  /** 0: no error; 2: server failure; 3: there is no such name. */
  readonly code: number
  /** Whether it did not fit, and is to be asked for again by TCP. */
  readonly truncated: boolean
  /** The name that was asked for, in lower case. */
  readonly question: string
  readonly answers: readonly DnsRecord[]
  readonly authorities: readonly DnsRecord[]
  readonly additionals: readonly DnsRecord[]
}

const HEADER_BYTES = 12
const IN = 1
const OPT = 41

/** A name has at most so many labels (RFC 1035: 255 bytes): more means that its pointers run in a circle. */
const LABELS_MAX = 128

/** The bytes of a query for `name`, with room for an answer of `answerBytes`. Throws a `RangeError` when `name` can be none. */
export function encodeQuery(
  id: number,
  name: string,
  { type, answerBytes }: { type: QuestionType; answerBytes: number },
): Buffer {
  const header = Buffer.alloc(HEADER_BYTES)
  header.writeUInt16BE(id, 0)
  header.writeUInt16BE(0x01_00, 2)
  header.writeUInt16BE(1, 4)
  header.writeUInt16BE(1, 10)
  const edns = Buffer.from([0, 0, OPT, answerBytes >> 8, answerBytes & 0xff, 0, 0, 0, 0, 0, 0])
  return Buffer.concat([header, encodeName(name), Buffer.from([0, TYPES[type], 0, IN]), edns])
}

/** Reads an answer. Throws a `RangeError` when it is malformed. */
export function decodeMessage(bytes: Buffer): DnsMessage {
  const reader = new Reader(bytes, HEADER_BYTES)
  const flags = bytes.readUInt16BE(2)
  const [questions, ...counts] = [4, 6, 8, 10].map(at => bytes.readUInt16BE(at))
  if ((flags & 0x80_00) === 0 || questions !== 1) throw new RangeError('it is no answer to one question')
  const question = reader.name()
  reader.skip(4)
  const [answers = [], authorities = [], additionals = []] = counts.map(count => reader.records(count))
  const truncated = (flags & 0x02_00) !== 0
  return { id: bytes.readUInt16BE(0), code: flags & 0xf, truncated, question, answers, authorities, additionals }
}

function encodeName(name: string): Buffer {
  const labels = name.split('.').filter(label => label !== '')
  const encoded = labels.map(label => Buffer.from(label))
  const isName =
    encoded.every(({ length }) => length <= 63) && encoded.reduce((sum, { length }) => sum + length + 1, 1) <= 255
  if (!isName) throw new RangeError(`"${name}" is too long for a name in DNS`)
  return Buffer.concat([...encoded.flatMap(label => [Buffer.from([label.length]), label]), Buffer.from([0])])
}

/** Reads what is in the bytes from a place on. */
class Reader {
  readonly #bytes: Buffer
  #at: number

  constructor(bytes: Buffer, at: number) {
    this.#bytes = bytes
    this.#at = at
  }

  skip(count: number): void {
    this.#at += count
  }

  /** Those that are understood. */
  records(count: number): DnsRecord[] {
    return Array.from({ length: count }, () => this.#record()).filter(record => record !== undefined)
  }

  /** In lower case, without the dot at its end. */
  name(): string {
    const labels: string[] = []
    let [at, end] = [this.#at, -1]
    for (let steps = 0; ; steps++) {
      if (steps > LABELS_MAX) throw new RangeError('a name in it has no end')
      const length = this.#bytes.readUInt8(at)
      if (length >= 0xc0) {
        if (end < 0) end = at + 2
        at = this.#bytes.readUInt16BE(at) & 0x3f_ff
      } else if (length === 0) {
        this.#at = end < 0 ? at + 1 : end
        return labels.join('.').toLowerCase()
      } else {
        labels.push(this.#bytes.toString('utf8', at + 1, at + 1 + length))
        at += 1 + length
      }
    }
  }

  #record(): DnsRecord | undefined {
    const name = this.name()
    const type = this.#bytes.readUInt16BE(this.#at)
    const ttlMs = this.#bytes.readUInt32BE(this.#at + 4) * 1_000
    const end = this.#at + 10 + this.#bytes.readUInt16BE(this.#at + 8)
    if (end > this.#bytes.length) throw new RangeError('a record in it is cut off')
    this.skip(10)
    const data = this.#data(type, end)
    this.#at = end
    return data && { name, ttlMs, ...data }
  }

  #data(type: number, end: number) {
    const data = this.#bytes.subarray(this.#at, end)
    switch (type) {
      case TYPES.A:
        return { type: 'A' as const, address: data.join('.') }
      case TYPES.AAAA:
        return { type: 'AAAA' as const, address: addressOf(data) }
      case TYPES.SRV: {
        const [priority, weight, port] = [data.readUInt16BE(0), data.readUInt16BE(2), data.readUInt16BE(4)]
        this.skip(6)
        return { type: 'SRV' as const, priority, weight, port, target: this.name() }
      }
      case TYPES.SOA:
        return { type: 'SOA' as const, minimumMs: data.readUInt32BE(data.length - 4) * 1_000 }
      default:
        return undefined
    }
  }
}

/** Eight groups, without the abbreviations of RFC 5952: every program takes that. */
function addressOf(data: Buffer): string {
  return Array.from({ length: 8 }, (_, group) => data.readUInt16BE(2 * group).toString(16)).join(':')
}
