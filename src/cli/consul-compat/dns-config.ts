import type { DnsServerOptions } from '../../daemon/dns/dns-server.ts'
import { parseGoDuration } from '../../daemon/consul/go/duration.ts'
import type { HclObject, HclValue } from '../../daemon/consul/hcl/parse-hcl.ts'

/** The longest that answers may be kept here. */
const TTL_MS_MAX = 7 * 24 * 60 * 60 * 1000

/** What an agent's `dns_config` says that means something here. */
export type DnsConfig = Pick<
  DnsServerOptions,
  'onlyPassing' | 'truncate' | 'udpAnswersMax' | 'addressesMax' | 'nodeTtlMs' | 'serviceTtlsMs' | 'authority'
>

/** Reads a `dns_config`. A duration that is none, or a number that means no limit, is as if it were not there. */
export function dnsConfigOf(block: HclObject, soa: HclObject): DnsConfig {
  const ttls = Object.entries(firstOf(block['service_ttl'])).map(
    ([name, value]) => [name, milliseconds(value)] as const,
  )
  return {
    onlyPassing: isOn(block['only_passing']),
    truncate: isOn(block['enable_truncate']),
    udpAnswersMax: limit(block['udp_answer_limit']),
    addressesMax: limit(block['a_record_limit']),
    nodeTtlMs: milliseconds(block['node_ttl']),
    serviceTtlsMs: Object.fromEntries(ttls.filter((entry): entry is [string, number] => entry[1] !== undefined)),
    authority: authorityOf(soa),
  }
}

function authorityOf(soa: HclObject): DnsConfig['authority'] {
  const names = { refreshS: 'refresh', retryS: 'retry', expireS: 'expire', negativeTtlS: 'min_ttl' }
  const said = Object.entries(names).map(([name, key]) => [name, soa[key]] as const)
  return Object.fromEntries(said.filter(([, value]) => typeof value === 'number'))
}

/** Zero or less is no limit. */
function limit(value: HclValue | undefined): number | undefined {
  return typeof value === 'number' && value > 0 ? value : undefined
}

function milliseconds(value: HclValue | undefined): number | undefined {
  const ns = typeof value === 'string' ? parseGoDuration(value) : undefined
  return ns === undefined || ns < 0 ? undefined : Math.min(TTL_MS_MAX, Math.floor(ns / 1e6))
}

function firstOf(value: HclValue | undefined): HclObject {
  const [first] = [value].flat()
  return typeof first === 'object' && first !== null && !Array.isArray(first) ? first : {}
}

function isOn(value: HclValue | undefined): boolean {
  return value === true || value === 'true'
}
