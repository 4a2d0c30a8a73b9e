import { createInstance } from '../../discovery/create-instance.ts'
import type { Instance } from '../../discovery/instance.ts'
import type { DnsClient } from './client.ts'
import type { DnsMessage, DnsRecord } from './message.ts'

/** What DNS says of a service. */
export interface Found {
  readonly instances: readonly Instance[]
  /** Whether the name exists. */
  readonly known: boolean
  /** How long it may be taken for true, in milliseconds; undefined when nobody said. */
  readonly ttlMs: number | undefined
}

/** What to look up. */
export interface LookupOptions {
  readonly client: DnsClient
  readonly serviceName: string
  /** The name in DNS. */
  readonly name: string
  /** The port of every instance, found by A and AAAA; undefined: by SRV, which says it. */
  readonly port: number | undefined
  readonly signal: AbortSignal
}

const NO_SUCH_NAME = 3

type Service = Extract<DnsRecord, { type: 'SRV' }>
type Address = Extract<DnsRecord, { address: string }>

/** Asks for a service. Rejects with `DnsFailedError` when any part of it was not answered: half an answer would take instances out. */
export async function lookUp(options: LookupOptions): Promise<Found> {
  return options.port === undefined ? bySrv(options) : byAddress(options, options.port)
}

/** One instance per SRV record. Those that do not have the best priority get no work while others are there: weight 0. */
async function bySrv({ client, serviceName, name, signal }: LookupOptions): Promise<Found> {
  const answer = await client.ask(name, 'SRV', signal)
  const services = unique(answer.answers.filter(record => record.type === 'SRV'))
  const best = Math.min(...services.map(({ priority }) => priority))
  const told = [...answer.answers, ...answer.additionals].filter(isAddress)
  const found = await Promise.all(services.map(service => withAddresses(service, told, { client, signal })))
  const instances = found.map(({ service, addresses }) =>
    createInstance({
      serviceName,
      id: `${service.target}:${service.port}`,
      endpoints: [...new Set(addresses.map(({ address }) => endpointOf(address, service.port)))].slice(0, 16),
      weight: service.priority === best ? Math.max(1, service.weight) : 0,
      metadata: { 'dns.priority': String(service.priority), 'dns.target': service.target },
      startedAt: 0,
    }),
  )
  return foundOf(answer, { instances, records: [...services, ...found.flatMap(({ addresses }) => addresses)] })
}

/** Each target and port once; a target that is the root says that there is none (RFC 2782). */
function unique(services: readonly Service[]): Service[] {
  const named = services.filter(({ target }) => target !== '')
  return [...new Map(named.map(service => [`${service.target}:${service.port}`, service])).values()]
}

/** The addresses of a target, asked for where the answer did not bring them. */
async function withAddresses(
  service: Service,
  told: readonly Address[],
  { client, signal }: Pick<LookupOptions, 'client' | 'signal'>,
) {
  const own = told.filter(({ name }) => name === service.target)
  if (own.length > 0) return { service, addresses: own }
  return { service, addresses: (await addressesOf(service.target, { client, signal })).addresses }
}

async function byAddress({ client, serviceName, name, signal }: LookupOptions, port: number): Promise<Found> {
  const { addresses, answer } = await addressesOf(name, { client, signal })
  const endpoints = new Map(addresses.map(({ address }) => [address, endpointOf(address, port)]))
  const instances = [...endpoints].map(([address, endpoint]) =>
    createInstance({
      serviceName,
      id: endpoint.slice('tcp://'.length),
      endpoints: [endpoint],
      startedAt: 0,
      metadata: { 'dns.address': address },
    }),
  )
  return foundOf(answer, { instances, records: addresses })
}

async function addressesOf(name: string, { client, signal }: Pick<LookupOptions, 'client' | 'signal'>) {
  const [four, six] = await Promise.all([client.ask(name, 'A', signal), client.ask(name, 'AAAA', signal)])
  const answer = four.code === 0 ? four : six
  return { answer, addresses: [...four.answers, ...six.answers].filter(isAddress) }
}

/** An empty answer stands for as long as the SOA record beside it says (RFC 2308). */
function foundOf(
  { code, authorities }: DnsMessage,
  { instances, records }: { instances: readonly Instance[]; records: readonly DnsRecord[] },
): Found {
  const negative = authorities.flatMap(record =>
    record.type === 'SOA' ? [Math.min(record.ttlMs, record.minimumMs)] : [],
  )
  const ttls = records.length > 0 ? records.map(({ ttlMs }) => ttlMs) : negative
  const usable = instances.filter(({ endpoints }) => endpoints.length > 0)
  return { instances: usable, known: code !== NO_SUCH_NAME, ttlMs: ttls.length > 0 ? Math.min(...ttls) : undefined }
}

function isAddress(record: DnsRecord): record is Address {
  return record.type === 'A' || record.type === 'AAAA'
}

function endpointOf(address: string, port: number): string {
  return `tcp://${address.includes(':') ? `[${address}]` : address}:${port}`
}
