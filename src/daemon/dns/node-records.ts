import { addressBytes } from './address-bytes.ts'
import type { DnsNode } from './catalog.ts'
import { isEncodable, TEXT_BYTES_MAX } from './message-writer.ts'
import type { DnsRecord } from './record.ts'

/** Whose a record is, and how long it may be kept; see `DnsRecord`. */
export type RecordPlace = Pick<DnsRecord, 'name' | 'ttlS'>

/** What a node's or an instance's address is told as; nothing when it is neither an address nor a name that can be told. */
export function addressRecord(address: string, place: RecordPlace): DnsRecord | undefined {
  const bytes = addressBytes(address)
  if (bytes) return { ...place, type: bytes.length === 4 ? 'A' : 'AAAA', address: bytes }
  const target = address.replace(/\.$/, '')
  return isEncodable(target) ? { ...place, type: 'CNAME', target } : undefined
}

/** What a node says of itself, one text `key=value` for each; those whose key begins with `rfc1035-` only the value, as in Consul. */
export function nodeMetadata({ metadata }: DnsNode, place: RecordPlace): DnsRecord[] {
  if (place.name !== undefined && !isEncodable(place.name)) return []
  return Object.entries(metadata)
    .map(([key, value]) => (key.startsWith('rfc1035-') ? value : `${key}=${value}`))
    .filter(text => Buffer.byteLength(text) <= TEXT_BYTES_MAX)
    .map(text => ({ type: 'TXT', name: place.name, ttlS: place.ttlS, text }))
}

/** The name of a node; `suffix` is such as `dc1.consul`. */
export function nodeName({ name }: DnsNode, suffix: string): string {
  return `${name}.node.${suffix}`
}
