import { CLASSES, FLAGS, HEADER_BYTES, LABEL_BYTES_MAX, NAME_BYTES_MAX, QUESTION_TYPES, RECORD_TYPES } from './codes.ts'
import type { DnsQuery } from './query.ts'
import type { DnsRecord } from './record.ts'

/** The sections of an answer, in their order. */
export type Section = 'answer' | 'authority' | 'additional'

/** Where the header counts the records of a section. */
const COUNT_AT: Readonly<Record<Section, number>> = { answer: 6, authority: 8, additional: 10 }

/** A pointer to the name of the question, which always stands after the header. */
const QUESTION_POINTER = 0xc000 | HEADER_BYTES

/** Pointers reach no further. */
const POINTER_MAX = 0x3fff

/** No record is longer: a name, a head, a text or two names. */
const RECORD_BYTES_MAX = 2048

/** The longest message there is, by its length on TCP. */
export const MESSAGE_BYTES_MAX = 0xffff

/** The longest text of a TXT record. */
export const TEXT_BYTES_MAX = 1024

/** What EDNS0 says of us: the largest query that is taken. */
export const QUERY_BYTES_MAX = 4096

/** Whether a name can be written: no label is empty or longer than 63 bytes, and all of it not longer than 253. */
export function isEncodable(name: string): boolean {
  const labels = name.split('.')
  const fits = labels.every(label => label !== '' && Buffer.byteLength(label) <= LABEL_BYTES_MAX)
  return fits && Buffer.byteLength(name) + 2 <= NAME_BYTES_MAX
}

/**
 * Writes one answer after the other into the same memory. Names that stand in the message already are pointed to (RFC 1035 §4.1.4), also
 * from SRV records, as Consul does: otherwise half as many instances fit. A record that turned out to be too much is taken back by `rewind`.
 */
export class MessageWriter {
  readonly #buffer = Buffer.allocUnsafe(MESSAGE_BYTES_MAX + RECORD_BYTES_MAX)
  /** The names in the message, each with where it stands, in the order in which they stand there. */
  readonly #names = new Map<string, number>()
  #at = 0
  #edns = false

  /** How long the message is so far, with what `end` will add. */
  get bytes(): number {
    return this.#at + (this.#edns ? 11 : 0)
  }

  /** Begins the answer to a query. */
  begin({ id, recursionDesired, question, labels, edns }: DnsQuery): void {
    const buffer = this.#buffer
    buffer.fill(0, 0, HEADER_BYTES)
    buffer.writeUInt16BE(id, 0)
    buffer.writeUInt16BE(FLAGS.response | (recursionDesired ? FLAGS.recursionDesired : 0), 2)
    buffer.writeUInt16BE(1, 4)
    question.copy(buffer, HEADER_BYTES)
    this.#at = HEADER_BYTES + question.length
    this.#edns = edns !== undefined
    this.#names.clear()
    this.#noteQuestion(labels)
  }

  /** Adds a record. The sections must be written in their order. */
  add(section: Section, record: DnsRecord): void {
    if (record.name === undefined) this.#uint16(QUESTION_POINTER)
    else this.#name(record.name)
    this.#uint16(RECORD_TYPES[record.type])
    this.#uint16(CLASSES.IN)
    this.#uint32(record.ttlS)
    const lengthAt = this.#at
    this.#at += 2
    this.#data(record)
    this.#buffer.writeUInt16BE(this.#at - lengthAt - 2, lengthAt)
    this.#count(section, 1)
  }

  /** Takes back the last record, which began when the message had so many `bytes`. */
  rewind(section: Section, bytes: number): void {
    this.#at = bytes - (this.#edns ? 11 : 0)
    for (const [name, at] of [...this.#names].toReversed()) {
      if (at < this.#at) break
      this.#names.delete(name)
    }
    this.#count(section, -1)
  }

  /** Sets flags of the header. */
  flag(flags: number): void {
    this.#buffer.writeUInt16BE(this.#buffer.readUInt16BE(2) | flags, 2)
  }

  /** Ends the message with a response code; the bytes are the caller's. */
  end(code: number): Buffer {
    this.flag(code & 0xf)
    if (this.#edns) this.#opt(code >> 4)
    return Buffer.from(this.#buffer.subarray(0, this.#at))
  }

  #opt(extendedCode: number): void {
    this.#buffer[this.#at++] = 0
    this.#uint16(QUESTION_TYPES.OPT)
    this.#uint16(QUERY_BYTES_MAX)
    this.#uint32(extendedCode << 24)
    this.#uint16(0)
    this.#count('additional', 1)
  }

  #data(record: DnsRecord): void {
    switch (record.type) {
      case 'A':
      case 'AAAA':
        this.#at += record.address.copy(this.#buffer, this.#at)
        return
      case 'CNAME':
      case 'NS':
      case 'PTR':
        return this.#name(record.target)
      case 'SRV':
        this.#uint16(record.priority)
        this.#uint16(record.weight)
        this.#uint16(record.port)
        return this.#name(record.target)
      case 'TXT':
        return this.#text(record.text)
      case 'SOA':
        this.#name(record.primary)
        this.#name(record.mailbox)
        for (const value of [record.serial, record.refreshS, record.retryS, record.expireS, record.negativeTtlS])
          this.#uint32(value)
    }
  }

  /** As strings of up to 255 bytes each. */
  #text(text: string): void {
    const bytes = Buffer.from(text)
    for (let from = 0; from === 0 || from < bytes.length; from += 255) {
      const part = bytes.subarray(from, from + 255)
      this.#buffer[this.#at++] = part.length
      this.#at += part.copy(this.#buffer, this.#at)
    }
  }

  #name(name: string): void {
    let rest = name
    while (rest !== '') {
      const at = this.#names.get(rest)
      if (at !== undefined) return this.#uint16(0xc000 | at)
      if (this.#at <= POINTER_MAX) this.#names.set(rest, this.#at)
      const dot = rest.indexOf('.')
      const length = this.#buffer.write(dot < 0 ? rest : rest.slice(0, dot), this.#at + 1)
      this.#buffer[this.#at] = length
      this.#at += 1 + length
      rest = dot < 0 ? '' : rest.slice(dot + 1)
    }
    this.#buffer[this.#at++] = 0
  }

  /** The names of the question can be pointed to whatever case they are in, for names are compared without it. */
  #noteQuestion(labels: readonly string[]): void {
    const lower = labels.map(label => label.toLowerCase())
    let at = HEADER_BYTES
    for (const index of lower.keys()) {
      this.#names.set(lower.slice(index).join('.'), at)
      at += 1 + (this.#buffer[at] ?? 0)
    }
  }

  #count(section: Section, by: number): void {
    const at = COUNT_AT[section]
    this.#buffer.writeUInt16BE(this.#buffer.readUInt16BE(at) + by, at)
  }

  #uint16(value: number): void {
    this.#at = this.#buffer.writeUInt16BE(value, this.#at)
  }

  #uint32(value: number): void {
    this.#at = this.#buffer.writeUInt32BE(value >>> 0, this.#at)
  }
}
