import type { Random } from '../../core/random.ts'
import { addressBytes } from './address-bytes.ts'
import type { DnsInstance } from './catalog.ts'
import { isEncodable } from './message-writer.ts'
import type { DnsRecord } from './record.ts'
import { addressRecord, nodeMetadata, nodeName } from './node-records.ts'

const PORT_MAX = 0xffff

/** One of the records that may answer a question about a service, with what should come along. */
export interface Choice {
  readonly record: DnsRecord
  /** The address of a name in `record`. */
  readonly address: DnsRecord | undefined
  /** What else can be told if there is room. */
  readonly extras: readonly DnsRecord[]
}

/** What kind of records a question about a service wants: servers, the addresses of one family or of both, or others, which there are none of. */
export type ChoiceType = 'SRV' | 'A' | 'AAAA' | 'ANY' | 'other'

/** What is asked of a service, and how it is told. */
export interface ChoiceQuery {
  readonly type: ChoiceType
  /** Empty: any. */
  readonly tag: string
  readonly ttlS: number
  /** What names are made with: `dc1.consul`. */
  readonly suffix: string
}

/**
 * The choices for each question that was asked of a list of instances, for as long as that list is there: what does not change is computed
 * once. Nothing is kept of tags without an answer, so there are no more of them than the instances have.
 */
export class Choices {
  readonly #random: Random
  readonly #known = new WeakMap<readonly DnsInstance[], Map<string, Choice[]>>()

  constructor(random: Random) {
    this.#random = random
  }

  /** All choices, in any order, none twice. */
  of(instances: readonly DnsInstance[], query: ChoiceQuery): Choice[] {
    let known = this.#known.get(instances)
    if (!known) this.#known.set(instances, (known = new Map()))
    const key = `${query.type} ${query.ttlS} ${query.suffix} ${query.tag}`
    const choices = known.get(key) ?? choicesOf(instances, query)
    if (choices.length > 0 || query.tag === '') known.set(key, choices)
    return choices
  }

  /** Puts one of those from `index` on, by chance, at `index`. To do so from 0 on is to shuffle, as far as one likes. */
  draw(choices: Choice[], index: number): Choice {
    const other = index + Math.floor(this.#random.next() * (choices.length - index))
    const drawn = choices[other] as Choice
    choices[other] = choices[index] as Choice
    choices[index] = drawn
    return drawn
  }
}

function choicesOf(instances: readonly DnsInstance[], query: ChoiceQuery): Choice[] {
  const choices = new Map<string, Choice>()
  for (const instance of instances) {
    if (query.tag !== '' && !instance.tags.some(tag => tag.toLowerCase() === query.tag)) continue
    const choice = query.type === 'SRV' ? serverChoice(instance, query) : addressChoice(instance, query)
    const key = query.type === 'SRV' ? `${instance.node.name} ${instance.address} ${instance.port}` : placeOf(instance)
    if (choice) choices.set(key, choice)
  }
  return query.type === 'SRV' ? [...choices.values()] : ofType([...choices.values()], query)
}

/**
 * A name that stands for another one has no other records, and who keeps it goes by it for all types: addresses are preferred to it, also those
 * of a family that was not asked for.
 */
function ofType(choices: Choice[], { type }: ChoiceQuery): Choice[] {
  const addresses = choices.filter(({ record }) => record.type !== 'CNAME')
  if (addresses.length === 0) return choices.slice(0, 1)
  return type === 'ANY' ? addresses : addresses.filter(({ record }) => record.type === type)
}

/** Where an instance is; a host name without the dot that may be at its end. */
function placeOf({ address, node }: DnsInstance): string {
  return (address === '' ? node.address : address).replace(/\.$/, '')
}

function addressChoice(instance: DnsInstance, { ttlS }: ChoiceQuery): Choice | undefined {
  const record = addressRecord(placeOf(instance), { name: undefined, ttlS })
  return record && { record, address: undefined, extras: [] }
}

function serverChoice(instance: DnsInstance, { ttlS, suffix }: ChoiceQuery): Choice | undefined {
  const { port, weight, node } = instance
  const place = placeOf(instance)
  const target = targetOf(instance, suffix)
  if (!isEncodable(target) || !isPort(port)) return undefined
  const record: DnsRecord = { type: 'SRV', name: undefined, ttlS, priority: 1, weight, port, target }
  const address = target === place ? undefined : addressRecord(place, { name: target, ttlS })
  return { record, address, extras: nodeMetadata(node, { name: nodeName(node, suffix), ttlS }) }
}

/** The Consul API takes any number for a port, and records have room for 16 bits. */
function isPort(port: number): boolean {
  return Number.isInteger(port) && port >= 0 && port <= PORT_MAX
}

/** What an SRV record points to: its own host name, a name made of its own address, or its node. */
function targetOf(instance: DnsInstance, suffix: string): string {
  const place = placeOf(instance)
  const bytes = addressBytes(place)
  if (!bytes) return place
  return instance.address === '' ? nodeName(instance.node, suffix) : `${bytes.toString('hex')}.addr.${suffix}`
}
