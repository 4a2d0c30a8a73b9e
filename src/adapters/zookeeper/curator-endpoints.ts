/** Where a service is, in Curator's fields. */
export interface CuratorAddress {
  readonly address: string | null
  readonly port: number | null
  readonly sslPort: number | null
}

/** The same with the template of a URL that an instance may have. */
export interface CuratorLocation extends CuratorAddress {
  readonly uriSpec?: unknown
}

/** The first TCP and the first TLS endpoint, in Curator's fields; null where there is none, or it is on another host than the first of them. */
export function toCuratorAddress(endpoints: readonly string[]): CuratorAddress {
  const sockets = endpoints.flatMap(endpoint => socketOf(endpoint) ?? [])
  const address = sockets[0]?.host ?? null
  const portOf = (scheme: string) => sockets.find(one => one.scheme === scheme && one.host === address)?.port ?? null
  return { address, port: portOf('tcp'), sslPort: portOf('tls') }
}

/** The endpoints that Curator's fields tell of: the secure one first, as Curator's own URLs prefer it. Empty if they tell of none. */
export function fromCuratorLocation({ address, port, sslPort, uriSpec }: CuratorLocation): string[] {
  const secure = isPort(sslPort) ? [urlOf('tls', address, sslPort)] : []
  const plain = isPort(port) ? [urlOf('tcp', address, port)] : []
  const found = address ? [...secure, ...plain] : []
  return found.length > 0 ? found : fromUriSpec(uriSpec)
}

const SCHEME = { 'http:': { scheme: 'tcp', port: 80 }, 'https:': { scheme: 'tls', port: 443 } } as const

/** The endpoint of a template that is spelled out: `http://10.0.0.5:8080`. Those with gaps need the fields, which are not there. */
function fromUriSpec(uriSpec: unknown): string[] {
  const parts = (uriSpec as { parts?: unknown } | null | undefined)?.parts
  if (!Array.isArray(parts)) return []
  const url = URL.parse(parts.map(textOf).join(''))
  const known = url && SCHEME[url.protocol as keyof typeof SCHEME]
  if (!url || !known) return []
  return [`${known.scheme}://${url.hostname}:${url.port || known.port}`]
}

function textOf(part: unknown): string {
  const value = (part as { value?: unknown } | null)?.value
  return typeof value === 'string' ? value : ''
}

function socketOf(endpoint: string): { scheme: string; host: string; port: number } | undefined {
  const [, scheme = '', host = '', port = ''] =
    /^(tcp|tls):\/\/(\[[^\]/?#]+\]|[^[\]:/?#@]+):(\d{1,5})$/.exec(endpoint) ?? []
  return scheme === '' ? undefined : { scheme, host: host.replace(/^\[(.*)\]$/, '$1'), port: Number(port) }
}

function urlOf(scheme: string, host: string | null, port: number): string {
  return `${scheme}://${host?.includes(':') ? `[${host}]` : host}:${port}`
}

function isPort(port: unknown): port is number {
  return Number.isInteger(port) && (port as number) > 0 && (port as number) <= 65_535
}
