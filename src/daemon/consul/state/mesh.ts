import { ConsulRefusedError } from '../errors.ts'
import type { FieldsShape, Shape } from '../go/decode.ts'
import { isSameName } from './folded.ts'

/** What a proxy says of itself and of what it stands before. Objects within are kept as they came. */
export interface ProxyFields {
  readonly DestinationServiceName?: string
  readonly DestinationServiceID?: string
  readonly LocalServiceAddress?: string
  readonly LocalServicePort?: number
  readonly Config?: Readonly<Record<string, unknown>>
  readonly Upstreams?: readonly Readonly<Record<string, unknown>>[]
  readonly MeshGateway?: Readonly<Record<string, unknown>>
  readonly Expose?: Readonly<Record<string, unknown>>
}

/** What a registration says of Consul's mesh. */
export interface MeshFields {
  readonly Kind?: string
  readonly Proxy?: ProxyFields
  readonly Connect?: { readonly Native?: boolean; readonly SidecarService?: unknown }
}

/** The same of a service that is registered: absent where nothing was said. */
export interface Mesh {
  readonly Kind?: string
  readonly Proxy?: ProxyFields
  readonly Connect?: { readonly Native: true }
}

const MODE: Shape = { go: 'structs.MeshGatewayConfig', fields: { Mode: 'string' } }

const UPSTREAM: Shape = {
  go: 'structs.Upstream',
  fields: {
    DestinationType: 'string',
    DestinationNamespace: 'string',
    DestinationName: 'string',
    Datacenter: 'string',
    LocalBindAddress: 'string',
    LocalBindPort: 'int',
    Config: { map: 'any' },
    MeshGateway: MODE,
  },
}

/** What a proxy says of itself. */
export const PROXY_SHAPE: FieldsShape = {
  go: 'structs.ConnectProxyConfig',
  fields: {
    DestinationServiceName: 'string',
    DestinationServiceID: 'string',
    LocalServiceAddress: 'string',
    LocalServicePort: 'int',
    Config: { map: 'any' },
    Upstreams: { list: UPSTREAM },
    MeshGateway: MODE,
    Expose: { fields: { Checks: 'bool', Paths: { list: { map: 'any' } } } },
  },
}

/** The fields of a registration that are about the mesh. */
export const MESH_FIELDS: Readonly<Record<string, Shape>> = {
  Kind: 'string',
  Proxy: PROXY_SHAPE,
  Connect: { go: 'structs.ServiceConnect', fields: { Native: 'bool', SidecarService: 'any' } },
}

const UPSTREAM_DEFAULTS = { DestinationType: '', DestinationName: '', Datacenter: '' }

const GATEWAYS = new Set(['mesh-gateway', 'terminating-gateway', 'ingress-gateway'])

/** What is kept of it: there is no mesh here, but who registers a proxy finds it as it was registered. */
export function meshOf({ Kind = '', Proxy = {}, Connect }: MeshFields): Mesh {
  return {
    ...(Kind !== '' && { Kind }),
    ...(!isNothing(Proxy) && { Proxy: proxyOf(Proxy) }),
    ...(Connect?.Native && { Connect: { Native: true } }),
  }
}

/** In the order in which Consul shows it. */
function proxyOf(proxy: ProxyFields): ProxyFields {
  const { MeshGateway = {}, Expose = {}, Upstreams = [], ...rest } = proxy
  const targets = Upstreams.map(targetOf)
  const shown = Object.fromEntries(PROXY_ORDER.map(name => [name, rest[name]]))
  return {
    ...said(shown),
    ...(targets.length > 0 && { Upstreams: targets }),
    MeshGateway: said(MeshGateway),
    Expose: said(Expose),
  }
}

const PROXY_ORDER = [
  'DestinationServiceName',
  'DestinationServiceID',
  'LocalServiceAddress',
  'LocalServicePort',
  'Config',
] as const

function targetOf(target: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { MeshGateway = {}, Config = null, ...rest } = target
  return { ...UPSTREAM_DEFAULTS, ...said(rest), Config, MeshGateway: said(MeshGateway as object) }
}

/** Without what Go would leave out as empty. */
function said(fields: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => !isNothing(value)))
}

function isNothing(value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0
  if (typeof value === 'object' && value !== null) return Object.values(value).every(isNothing)
  return !value
}

/** Throws `ConsulRefusedError` with that status for what cannot be a proxy or a gateway. */
export function validateMesh(
  { Kind = '', Proxy = {}, Connect, Port = 0 }: MeshFields & { Port?: number },
  status: number,
): void {
  if (Connect?.SidecarService)
    throw new ConsulRefusedError(
      501,
      'This registry runs no sidecars: register the proxy as a service of its own, if there is one',
    )
  const problems: string[] = []
  if (Kind === 'connect-proxy') {
    if ((Proxy.DestinationServiceName ?? '').trim() === '')
      problems.push('Proxy.DestinationServiceName must be non-empty for Connect proxy services')
    if (Port === 0) problems.push('Port must be set for a Connect proxy')
    if (Connect?.Native) problems.push('A Proxy cannot also be Connect Native, only typical services')
  }
  if (GATEWAYS.has(Kind) && Kind !== 'ingress-gateway' && Port === 0)
    problems.push(`Port must be non-zero for a ${Kind}`)
  if (problems.length === 0) return
  const count = problems.length === 1 ? '1 error' : `${problems.length} errors`
  throw new ConsulRefusedError(status, `${count} occurred:\n${problems.map(line => `\t* ${line}\n`).join('')}\n`)
}

/** Whether it takes connections of the mesh for a service: as its proxy, or by itself. */
export function standsFor({ Kind, Proxy, Connect, Service }: Mesh & { Service: string }, name: string): boolean {
  if (Kind === 'connect-proxy') return isSameName(Proxy?.DestinationServiceName ?? '', name)
  return Connect?.Native === true && isSameName(Service, name)
}
