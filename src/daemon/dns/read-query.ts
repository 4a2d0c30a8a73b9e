import { HEADER_BYTES, LABEL_BYTES_MAX, NAME_BYTES_MAX, QUESTION_TYPES, RESPONSE_CODES } from './codes.ts'
import type { DnsQuery, Edns } from './query.ts'

/** What a message turned out to be: a query, something to be refused with a code, or nothing that may be answered at all. */
export type ReadQuery =
  | { readonly kind: 'query'; readonly query: DnsQuery }
  | { readonly kind: 'refused'; readonly id: number; readonly opcode: number; readonly code: 1 | 4 }
  | { readonly kind: 'nothing' }

/** Records after the question are looked through for EDNS0 no further than this many. */
const ADDITIONALS_MAX = 16

/**
 * Reads a query and never throws, whatever the bytes are. Nothing comes of what is shorter than a header, and of answers: to answer an
 * answer could go on for ever. What is no question in one name, or is cut off, is a format error; another operation is not implemented.
 * A question has no compressed names, for there is nothing before it to point to, so reading takes no longer than the message is long.
 */
export function readQuery(message: Buffer): ReadQuery {
  if (message.length < HEADER_BYTES) return { kind: 'nothing' }
  const id = message.readUInt16BE(0)
  const flags = message.readUInt16BE(2)
  const opcode = (flags >> 11) & 0xf
  if (flags & 0x8000) return { kind: 'nothing' }
  if (opcode !== 0) return { kind: 'refused', id, opcode, code: RESPONSE_CODES.notImplemented }
  const name = isOneQuestion(message) ? readLabels(message) : undefined
  const end = (name?.end ?? 0) + 4
  const edns = name && end <= message.length ? readEdns(message, end) : 'malformed'
  if (!name || edns === 'malformed') return { kind: 'refused', id, opcode, code: RESPONSE_CODES.formatError }
  const query: DnsQuery = {
    id,
    recursionDesired: (flags & 0x0100) !== 0,
    labels: name.labels,
    type: message.readUInt16BE(end - 4),
    class: message.readUInt16BE(end - 2),
    question: message.subarray(HEADER_BYTES, end),
    edns,
  }
  return { kind: 'query', query }
}

/** Whether the header counts one question and nothing before the additional records. */
function isOneQuestion(message: Buffer): boolean {
  return message.readUInt16BE(4) === 1 && message.readUInt32BE(6) === 0
}

/** The labels of the name that begins after the header, and where it ends; undefined unless it is whole, not too long, and without pointers. */
function readLabels(message: Buffer): { labels: string[]; end: number } | undefined {
  const labels: string[] = []
  let at = HEADER_BYTES
  for (;;) {
    const length = message[at++]
    if (length === 0) return { labels, end: at }
    if (length === undefined || length > LABEL_BYTES_MAX) return undefined
    const end = at + length
    if (end >= message.length || end - HEADER_BYTES >= NAME_BYTES_MAX) return undefined
    labels.push(message.toString('utf8', at, end))
    at = end
  }
}

/** Finds the OPT record among the additional ones. Others, such as a signature, mean nothing here. */
function readEdns(message: Buffer, from: number): Edns | undefined | 'malformed' {
  let edns: Edns | undefined
  let at = from
  const count = Math.min(message.readUInt16BE(10), ADDITIONALS_MAX)
  for (let index = 0; index < count; index++) {
    const nameEnd = skipName(message, at)
    if (nameEnd === undefined || nameEnd + 10 > message.length) return 'malformed'
    const end = nameEnd + 10 + message.readUInt16BE(nameEnd + 8)
    if (end > message.length) return 'malformed'
    if (message.readUInt16BE(nameEnd) === QUESTION_TYPES.OPT) {
      if (edns || nameEnd !== at + 1) return 'malformed'
      edns = { payloadBytes: message.readUInt16BE(nameEnd + 2), version: message.readUInt8(nameEnd + 5) }
    }
    at = end
  }
  return edns
}

/** Where a name ends that may end in a pointer, which is not followed. */
function skipName(message: Buffer, from: number): number | undefined {
  let at = from
  for (;;) {
    const length = message[at]
    if (length === undefined) return undefined
    if (length === 0) return at + 1
    if (length >= 0xc0) return at + 2
    if (length > LABEL_BYTES_MAX) return undefined
    at += 1 + length
  }
}
