import { addressBytes, formatAddress } from './address-bytes.ts'

/** What a name asks about. */
export type Subject =
  | { readonly kind: 'service'; readonly serviceName: string; readonly tag: string }
  | { readonly kind: 'node'; readonly name: string }
  | { readonly kind: 'prepared'; readonly name: string }
  /** An address written in hexadecimal: what SRV records of instances with addresses of their own point to. */
  | { readonly kind: 'address'; readonly address: Buffer | undefined }
  /** Whose an address is. */
  | { readonly kind: 'holder'; readonly address: string }
  /** Within a domain that is answered for, but no name there. */
  | { readonly kind: 'unknown' }
  /** Of somebody else's domain. */
  | { readonly kind: 'foreign' }

/** A name, understood. */
export interface QuestionName {
  /** The domain it is in, and answers name others in; empty where it is none of ours. */
  readonly domain: string
  readonly subject: Subject
}

/** What names are read by. */
export interface NameRules {
  /** In lower case, such as `consul`. */
  readonly domains: readonly string[]
  readonly datacenter: string
}

const KINDS: ReadonlySet<string> = new Set(['service', 'node', 'query', 'addr', 'connect', 'ingress'])

/**
 * Understands a name as Consul does:
 *
 *     [TAG.]NAME.service[.DATACENTER].DOMAIN      _NAME._TAG[.service][.DATACENTER].DOMAIN (RFC 2782; `_tcp` is no tag)
 *     NODE.node[.DATACENTER].DOMAIN               QUERY.query[.DATACENTER].DOMAIN
 *     0a000005.addr[.DATACENTER].DOMAIN           5.0.0.10.in-addr.arpa, ….ip6.arpa
 *
 * The form without `.service` is for SRV questions only (`isServer`). A tag, a node and a query may have dots; a service may not.
 */
export function readName(
  labels: readonly string[],
  { domains, datacenter }: NameRules,
  isServer: boolean,
): QuestionName {
  const lower = labels.map(label => label.toLowerCase())
  if (lower.at(-1) === 'arpa') return { domain: '', subject: reverse(lower) }
  const name = lower.join('.')
  const domain = domains.find(candidate => name === candidate || name.endsWith(`.${candidate}`))
  if (domain === undefined) return { domain: '', subject: { kind: 'foreign' } }
  const inside = lower.slice(0, lower.length - domain.split('.').length)
  const isPlain = inside.every(label => !label.includes('.'))
  return { domain, subject: isPlain ? subjectOf(inside, datacenter, isServer) : { kind: 'unknown' } }
}

function subjectOf(labels: readonly string[], datacenter: string, isServer: boolean): Subject {
  const at = labels.findLastIndex(label => KINDS.has(label) || (isServer && label.startsWith('_')))
  const kind = labels[at] ?? ''
  const parts = labels.slice(0, KINDS.has(kind) ? at : at + 1)
  const suffixes = labels.slice(at + 1)
  if (parts.length === 0 || at < 0) return { kind: 'unknown' }
  if (kind === 'addr') return addressSubject(parts)
  if (suffixes.length > 1 || (suffixes[0] ?? datacenter) !== datacenter) return { kind: 'unknown' }
  if (kind === 'node') return { kind: 'node', name: parts.join('.') }
  if (kind === 'query') return { kind: 'prepared', name: parts.join('.') }
  if (kind === 'connect' || kind === 'ingress') return { kind: 'unknown' }
  return serviceSubject(parts)
}

function serviceSubject(parts: readonly string[]): Subject {
  const [first = '', second = ''] = parts
  if (parts.length === 2 && first.startsWith('_') && second.startsWith('_')) {
    return { kind: 'service', serviceName: first.slice(1), tag: second === '_tcp' ? '' : second.slice(1) }
  }
  return { kind: 'service', serviceName: parts.at(-1) ?? '', tag: parts.slice(0, -1).join('.') }
}

/** Of another length than an address has, it is a name without records; otherwise malformed, it is none. */
function addressSubject(parts: readonly string[]): Subject {
  const [hex = ''] = parts
  if (parts.length !== 1) return { kind: 'unknown' }
  const bytes = Math.floor(hex.length / 2)
  if (bytes !== 4 && bytes !== 16) return { kind: 'address', address: undefined }
  return /^([0-9a-f]{8}|[0-9a-f]{32})$/.test(hex)
    ? { kind: 'address', address: Buffer.from(hex, 'hex') }
    : { kind: 'unknown' }
}

function reverse(labels: readonly string[]): Subject {
  const digits = labels.slice(0, -2).toReversed()
  const zone = labels.at(-2)
  const address = zone === 'ip6' ? nibbles(digits) : zone === 'in-addr' ? addressBytes(digits.join('.')) : undefined
  return address ? { kind: 'holder', address: formatAddress(address) } : { kind: 'foreign' }
}

function nibbles(digits: readonly string[]): Buffer | undefined {
  return digits.length === 32 && digits.every(digit => /^[0-9a-f]$/.test(digit))
    ? Buffer.from(digits.join(''), 'hex')
    : undefined
}
