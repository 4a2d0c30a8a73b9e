import type { Clock } from '../../core/clock.ts'
import type { Random } from '../../core/random.ts'
import type { DnsCatalog, DnsInstance, DnsNode } from './catalog.ts'
import { Choices, type ChoiceType } from './choices.ts'
import {
  CLASSES,
  FLAGS,
  HEADER_BYTES,
  QUESTION_TYPES,
  RECORD_TYPES,
  RESPONSE_CODES,
  type ResponseCode,
} from './codes.ts'
import { isEncodable, MESSAGE_BYTES_MAX, MessageWriter } from './message-writer.ts'
import { addressRecord, nodeMetadata, nodeName } from './node-records.ts'
import type { DnsQuery } from './query.ts'
import { readName, type QuestionName, type Subject } from './question-name.ts'
import { readQuery } from './read-query.ts'
import type { DnsSettings } from './settings.ts'
import { writeChoices } from './write-choices.ts'

/** How a message came, which says how long its answer may be. */
export type Transport = 'udp' | 'tcp'

/** What is to be done with a message: send an answer, ask somebody else, ask again here a little later, or nothing. */
export type Reply =
  | { readonly kind: 'answer'; readonly bytes: Buffer }
  | { readonly kind: 'foreign'; readonly query: DnsQuery }
  | { readonly kind: 'later'; readonly until: Promise<void> }
  | { readonly kind: 'nothing' }

/** What a Responder answers from and with. */
export interface ResponderInit {
  readonly catalog: DnsCatalog
  readonly settings: DnsSettings
  readonly random: Random
  readonly clock: Clock
}

/** What is answered by UDP at most, whatever the other side can take. */
const UDP_BYTES_MAX = 8192

/** What everybody can take by UDP. */
const UDP_BYTES = 512

/** Answers one message from memory. It does no input or output, and never throws, whatever the message is. */
export class Responder {
  readonly #init: ResponderInit
  readonly #choices: Choices
  readonly #writer = new MessageWriter()

  constructor(init: ResponderInit) {
    this.#init = init
    this.#choices = new Choices(init.random)
  }

  /** The reply to a message. A name of others is `foreign` if `settings.recurses`, else it is refused. Of what is not known yet: `later`, or else that it is not known. */
  reply(message: Buffer, transport: Transport, { mayWait = false } = {}): Reply {
    const read = readQuery(message)
    if (read.kind === 'nothing') return read
    if (read.kind === 'refused') return { kind: 'answer', bytes: bareAnswer(read) }
    const { query } = read
    this.#writer.begin(query)
    if (query.edns && query.edns.version > 0) return this.#answer(RESPONSE_CODES.badVersion)
    if (!isUnderstood(query)) return this.#answer(RESPONSE_CODES.refused)
    const name = readName(query.labels, this.#init.settings, query.type === RECORD_TYPES.SRV)
    if (name.subject.kind === 'foreign') return this.#foreign(query)
    const until = mayWait ? this.#awaited(name.subject) : undefined
    if (until) return { kind: 'later', until }
    const code = this.#write(query, name, transport)
    if (code === undefined) return this.#foreign(query)
    this.#writer.flag(FLAGS.authoritative)
    return this.#answer(code)
  }

  /** An answer with nothing but a code. */
  failure(query: DnsQuery, code: ResponseCode): Buffer {
    this.#writer.begin(query)
    return this.#answer(code).bytes
  }

  #awaited(subject: Subject): Promise<void> | undefined {
    return subject.kind === 'service' ? this.#init.catalog.ready(subject.serviceName) : undefined
  }

  #answer(code: ResponseCode): { kind: 'answer'; bytes: Buffer } {
    if (this.#init.settings.recurses) this.#writer.flag(FLAGS.recursionAvailable)
    return { kind: 'answer', bytes: this.#writer.end(code) }
  }

  #foreign(query: DnsQuery): Reply {
    return this.#init.settings.recurses ? { kind: 'foreign', query } : this.#answer(RESPONSE_CODES.refused)
  }

  /** Writes what is known of the subject; undefined when that is somebody else's affair. */
  #write(query: DnsQuery, name: QuestionName, transport: Transport): ResponseCode | undefined {
    const { subject, domain } = name
    if (subject.kind === 'holder') return this.#holder(subject.address)
    if (query.type === RECORD_TYPES.NS) return this.#servers('answer', domain)
    if (query.type === RECORD_TYPES.SOA) return this.#authority(domain)
    return this.#ask(subject, { query, domain, transport })
  }

  #ask(subject: Subject, asked: Asked): ResponseCode {
    const { catalog, settings } = this.#init
    if (subject.kind === 'address') return this.#address(subject.address)
    if (subject.kind === 'node') return this.#node(catalog.node(subject.name), asked)
    if (subject.kind === 'service') {
      const { serviceName, tag } = subject
      return this.#service(catalog.instances(serviceName), { ...asked, tag, ttlS: settings.serviceTtlS(serviceName) })
    }
    if (subject.kind !== 'prepared') return this.#nameError(asked.domain)
    const prepared = catalog.prepared(subject.name)
    if (!prepared) return this.#nameError(asked.domain)
    const { instances, ttlS = settings.serviceTtlS(prepared.serviceName.toLowerCase()) } = prepared
    return this.#service(instances, { ...asked, tag: '', ttlS })
  }

  #service(
    instances: readonly DnsInstance[] | 'unsettled' | 'forbidden',
    { query, domain, transport, tag, ttlS }: Asked & { tag: string; ttlS: number },
  ): ResponseCode {
    if (instances === 'unsettled') return RESPONSE_CODES.serverFailure
    if (instances === 'forbidden') return RESPONSE_CODES.refused
    const { settings } = this.#init
    const suffix = `${settings.datacenter}.${domain}`
    const choices = this.#choices.of(instances, { type: choiceType(query.type), tag, ttlS, suffix })
    if (choices.length === 0) return this.#noChoice(instances, { domain, tag })
    const limited = transport === 'udp' && udpBytes(query) <= UDP_BYTES
    const wanted = query.type === RECORD_TYPES.SRV ? choices.length : Math.min(choices.length, settings.addressesMax)
    const count = writeChoices(this.#writer, {
      choices,
      draw: index => this.#choices.draw(choices, index),
      answersMax: limited ? Math.min(wanted, settings.udpAnswersMax) : wanted,
      bytesMax: bytesMax(query, transport),
    })
    const isCut = count < wanted && (settings.truncate || count === 0)
    if (isCut) this.#writer.flag(FLAGS.truncated)
    return RESPONSE_CODES.noError
  }

  /** Instances without a record of the type asked for are another thing than none. */
  #noChoice(instances: readonly DnsInstance[], { domain, tag }: { domain: string; tag: string }): ResponseCode {
    const exists = instances.some(({ tags }) => tag === '' || tags.some(one => one.toLowerCase() === tag))
    if (!exists) return this.#nameError(domain)
    this.#startOfAuthority('authority', domain)
    return RESPONSE_CODES.noError
  }

  #node(node: DnsNode | undefined, { query, domain, transport }: Asked): ResponseCode {
    const { type } = query
    const { nodeTtlS: ttlS } = this.#init.settings
    if (!NODE_TYPES.has(type)) return RESPONSE_CODES.noError
    if (!node) return this.#nameError(domain)
    const record = addressRecord(node.address, { name: undefined, ttlS })
    const isWanted =
      type === QUESTION_TYPES.ANY || record?.type === 'CNAME' || type === (record && RECORD_TYPES[record.type])
    if (record && isWanted && type !== RECORD_TYPES.TXT) this.#writer.add('answer', record)
    const section = type === RECORD_TYPES.TXT || type === QUESTION_TYPES.ANY ? 'answer' : 'additional'
    for (const text of nodeMetadata(node, { name: undefined, ttlS })) {
      const before = this.#writer.bytes
      this.#writer.add(section, text)
      if (this.#writer.bytes > bytesMax(query, transport)) return this.#stop(section, before)
    }
    return RESPONSE_CODES.noError
  }

  #stop(section: 'answer' | 'additional', before: number): ResponseCode {
    this.#writer.rewind(section, before)
    if (section === 'answer' && this.#init.settings.truncate) this.#writer.flag(FLAGS.truncated)
    return RESPONSE_CODES.noError
  }

  #address(address: Buffer | undefined): ResponseCode {
    const { nodeTtlS: ttlS } = this.#init.settings
    if (address)
      this.#writer.add('answer', { type: address.length === 4 ? 'A' : 'AAAA', name: undefined, ttlS, address })
    return RESPONSE_CODES.noError
  }

  #holder(address: string): ResponseCode | undefined {
    const { catalog, settings } = this.#init
    const holder = catalog.holder(address)
    if (!holder) return undefined
    const target = `${holder.name}.${holder.kind}.${settings.datacenter}.${settings.domains[0]}`
    if (!isEncodable(target)) return undefined
    this.#writer.add('answer', { type: 'PTR', name: undefined, ttlS: settings.ttlS, target })
    return RESPONSE_CODES.noError
  }

  /** Names this node as the server of the domain. */
  #servers(section: 'answer' | 'authority', domain: string): ResponseCode {
    const { catalog, settings } = this.#init
    const { nodeTtlS: ttlS, datacenter } = settings
    const node = catalog.node(settings.nodeName.toLowerCase())
    if (!node) return RESPONSE_CODES.noError
    const target = nodeName(node, `${datacenter}.${domain}`)
    if (!isEncodable(target)) return RESPONSE_CODES.noError
    this.#writer.add(section, { type: 'NS', name: domain, ttlS, target })
    const address = addressRecord(node.address, { name: target, ttlS })
    if (address) this.#writer.add('additional', address)
    return RESPONSE_CODES.noError
  }

  #authority(domain: string): ResponseCode {
    this.#startOfAuthority('answer', domain)
    return this.#servers('authority', domain)
  }

  #nameError(domain: string): ResponseCode {
    this.#startOfAuthority('authority', domain)
    return RESPONSE_CODES.nameError
  }

  #startOfAuthority(section: 'answer' | 'authority', domain: string): void {
    const { clock, settings } = this.#init
    this.#writer.add(section, {
      type: 'SOA',
      name: domain,
      ttlS: Math.max(settings.ttlS, settings.authority.negativeTtlS),
      primary: `ns.${domain}`,
      mailbox: `hostmaster.${domain}`,
      serial: Math.floor(clock.wallTime() / 1000),
      ...settings.authority,
    })
  }
}

/** A question within one of the domains. */
interface Asked {
  readonly query: DnsQuery
  readonly domain: string
  readonly transport: Transport
}

/** What a node has records of. */
const NODE_TYPES: ReadonlySet<number> = new Set([
  RECORD_TYPES.A,
  RECORD_TYPES.AAAA,
  RECORD_TYPES.TXT,
  QUESTION_TYPES.ANY,
])

function isUnderstood({ class: asked, type }: DnsQuery): boolean {
  const isTransfer = type === QUESTION_TYPES.AXFR || type === QUESTION_TYPES.IXFR
  return (asked === CLASSES.IN || asked === CLASSES.ANY) && !isTransfer
}

/** What is told of a service to a question of each type; as in Consul, one for text gets addresses. */
function choiceType(type: number): ChoiceType {
  switch (type) {
    case RECORD_TYPES.SRV:
      return 'SRV'
    case RECORD_TYPES.A:
      return 'A'
    case RECORD_TYPES.AAAA:
      return 'AAAA'
    case RECORD_TYPES.TXT:
    case QUESTION_TYPES.ANY:
      return 'ANY'
    default:
      return 'other'
  }
}

/** How long an answer may be. */
function bytesMax(query: DnsQuery, transport: Transport): number {
  return transport === 'udp' ? udpBytes(query) : MESSAGE_BYTES_MAX
}

function udpBytes({ edns }: DnsQuery): number {
  return Math.min(UDP_BYTES_MAX, Math.max(UDP_BYTES, edns?.payloadBytes ?? 0))
}

/** An answer to what could not be read: a header without a question. */
export function bareAnswer({ id, opcode, code }: { id: number; opcode: number; code: ResponseCode }): Buffer {
  const bytes = Buffer.alloc(HEADER_BYTES)
  bytes.writeUInt16BE(id, 0)
  bytes.writeUInt16BE(FLAGS.response | (opcode << 11) | code, 2)
  return bytes
}
