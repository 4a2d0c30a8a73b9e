import assert from 'node:assert/strict'
import { seededRandom } from '../../../src/core/random.ts'
import type { DnsCatalog, DnsInstance, DnsNode } from '../../../src/daemon/dns/catalog.ts'
import { Responder, type Transport } from '../../../src/daemon/dns/responder.ts'
import type { DnsSettings } from '../../../src/daemon/dns/settings.ts'
import { FakeClock } from '../../../src/testing/fake-clock.ts'
import { queryFor, type QueryInit, readAnswer } from './queries.ts'

/** The machine of all instances. */
export const node: DnsNode = { name: 'N1', address: '127.0.0.1', metadata: { rack: '7', 'rfc1035-note': 'hello' } }

const texts = Array.from({ length: 20 }, (_, index) => [`key-${index}`, 'x'.repeat(60)])
const talkative: DnsNode = { name: 'talks', address: '10.0.0.7', metadata: Object.fromEntries(texts) }

/** One at 10.0.0.1:8001. */
export function instance(init: Partial<DnsInstance> = {}): DnsInstance {
  return { address: '10.0.0.1', port: 8001, weight: 1, tags: [], node, ...init }
}

/** So many instances at 10.0.x.y. */
export const many = (count: number) =>
  Array.from({ length: count }, (_, index) =>
    instance({ address: `10.0.${index >> 8}.${index & 255}`, port: 8000 + index, weight: index }),
  )

/** What a Responder knows, and how it answers. */
export interface Known {
  readonly services?: Readonly<Record<string, readonly DnsInstance[] | undefined>>
  readonly settings?: Partial<DnsSettings>
}

/** Asks a Responder for what `services` are. */
export function asker({ services = {}, settings = {} }: Known = {}) {
  const catalog: DnsCatalog = {
    ready: () => undefined,
    instances: name => (name in services ? (services[name] ?? 'unsettled') : name === 'secret' ? 'forbidden' : []),
    node: name => (name === 'n1' ? node : name === 'talks' ? talkative : undefined),
    prepared: name =>
      name === 'p-web' ? { instances: services['web'] ?? [], serviceName: 'web', ttlS: 9 } : undefined,
    holder: address => (address === '10.0.0.1' ? { kind: 'service', name: 'web' } : undefined),
  }
  const defaults = {
    domains: ['consul', 'ropewalk'],
    datacenter: 'dc1',
    ttlS: 0,
    nodeTtlS: settings.ttlS ?? 0,
    serviceTtlS: () => settings.ttlS ?? 0,
    addressesMax: Infinity,
    authority: { refreshS: 3_600, retryS: 600, expireS: 86_400, negativeTtlS: 0 },
    udpAnswersMax: 3,
    truncate: false,
    nodeName: 'N1',
    recurses: false,
  }
  const responder = new Responder({
    catalog,
    settings: { ...defaults, ...settings },
    random: seededRandom(1),
    clock: new FakeClock(),
  })
  const bytes = (name: string, type: string, { by = 'udp', ...init }: QueryInit & { by?: Transport } = {}) => {
    const reply = responder.reply(queryFor(name, type, init), by)
    assert.ok(reply.kind === 'answer', reply.kind)
    return reply.bytes
  }
  const ask = (...args: Parameters<typeof bytes>) => readAnswer(bytes(...args))
  return { responder, bytes, ask }
}
