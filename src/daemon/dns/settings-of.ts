import { hostname } from 'node:os'
import { DnsSettingError } from './errors.ts'
import { isEncodable } from './message-writer.ts'
import type { AuthorityTimes, DnsSettings } from './settings.ts'

/** How answers are. All fields have defaults. */
export interface DnsSettingOptions {
  /** What names end in. Default `consul` and `ropewalk`. */
  domains?: readonly string[] | undefined
  /** The label that names may have before the domain. Default `dc1`. */
  datacenter?: string | undefined
  /** How long answers may be kept, in milliseconds; told in whole seconds. Default 0. */
  ttlMs?: number | undefined
  /** The same of machines, and of addresses by name. Default: `ttlMs`. */
  nodeTtlMs?: number | undefined
  /** The same of services, by their names, by how these begin (`web*`), or of all (`*`). Default: `ttlMs`. */
  serviceTtlsMs?: Readonly<Record<string, number>> | undefined
  /** The most addresses in an answer to a question for addresses, however it is sent. Default: no limit. */
  addressesMax?: number | undefined
  /** What is told of the domains themselves. Default: what Consul tells, a negative answer not to be kept. */
  authority?: Partial<AuthorityTimes> | undefined
  /** The most answers by UDP to those who do not say how much they can take. Default 3, as in Consul. */
  udpAnswersMax?: number | undefined
  /** Whether an answer that had to leave something out says so. Default false, as in Consul. */
  truncate?: boolean | undefined
  /** Servers that are asked for all other names, such as `10.0.0.2` or `10.0.0.2:5353`. Default none: those are refused. */
  recursors?: readonly string[] | undefined
  /** The name of the daemon's machine. Default: its host name up to the first dot. */
  nodeName?: string | undefined
}

const TTL_MS_MAX = 7 * 24 * 60 * 60 * 1000

const AUTHORITY: AuthorityTimes = { refreshS: 3_600, retryS: 600, expireS: 86_400, negativeTtlS: 0 }

/** The settings that options mean. Throws `DnsSettingError` for one that cannot be. */
export function settingsOf(options: DnsSettingOptions): DnsSettings {
  const { domains = ['consul', 'ropewalk'], datacenter = 'dc1', udpAnswersMax = 3, addressesMax = Infinity } = options
  const { truncate = false, recursors = [], nodeName = hostname().split('.')[0] || 'localhost', authority } = options
  if (domains.length === 0) throw new DnsSettingError('domains', '', 'one name or more')
  for (const domain of domains) requireName('domains', domain)
  requireName('datacenter', datacenter)
  requireName('nodeName', nodeName)
  if (!(udpAnswersMax >= 1)) throw new DnsSettingError('udpAnswersMax', udpAnswersMax, 'from 1')
  if (!(addressesMax >= 1)) throw new DnsSettingError('addressesMax', addressesMax, 'from 1')
  const { ttlMs = 0, nodeTtlMs = ttlMs, serviceTtlsMs = {} } = options
  return {
    domains: domains.map(domain => domain.toLowerCase().replace(/\.$/, '')),
    datacenter: datacenter.toLowerCase(),
    ttlS: seconds('ttlMs', ttlMs),
    nodeTtlS: seconds('nodeTtlMs', nodeTtlMs),
    serviceTtlS: serviceTtls(serviceTtlsMs, seconds('ttlMs', ttlMs)),
    udpAnswersMax,
    addressesMax,
    authority: { ...AUTHORITY, ...authority },
    truncate,
    nodeName,
    recurses: recursors.length > 0,
  }
}

/** The longest that an answer of any service may be kept. */
export function longestTtlMs({ ttlMs = 0, serviceTtlsMs = {} }: DnsSettingOptions): number {
  return Math.max(ttlMs, ...Object.values(serviceTtlsMs))
}

/** By the name, else by the longest beginning of it. */
function serviceTtls(given: Readonly<Record<string, number>>, otherwise: number): DnsSettings['serviceTtlS'] {
  const entries = Object.entries(given).map(([name, ms]) => [name.toLowerCase(), seconds('serviceTtlsMs', ms)] as const)
  const exact = new Map(entries)
  const beginnings = entries
    .filter(([name]) => name.endsWith('*'))
    .map(([name, ttlS]) => [name.slice(0, -1), ttlS] as const)
    .toSorted(([a], [b]) => b.length - a.length)
  return name => exact.get(name) ?? beginnings.find(([beginning]) => name.startsWith(beginning))?.[1] ?? otherwise
}

function seconds(setting: string, ms: number): number {
  if (ms >= 0 && ms <= TTL_MS_MAX) return Math.floor(ms / 1000)
  throw new DnsSettingError(setting, ms, 'from 0 to 7 days, in milliseconds')
}

function requireName(setting: string, name: string): void {
  if (!isEncodable(name.replace(/\.$/, ''))) throw new DnsSettingError(setting, name, 'a domain name')
}
