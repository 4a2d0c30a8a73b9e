import type { FieldsShape, Shape } from '../go/decode.ts'
import { isSameName } from './folded.ts'

/** A service that a proxy takes connections to. Objects within are kept as they came. */
export interface ProxyTarget {
  readonly DestinationType?: string
  readonly DestinationNamespace?: string
  readonly DestinationName?: string
  readonly Datacenter?: string
  readonly LocalBindAddress?: string
  readonly LocalBindPort?: number
  readonly Config?: Readonly<Record<string, unknown>> | null
  readonly MeshGateway?: object
}

/** A path that a proxy serves to who is outside of the mesh. */
export interface ExposedPath {
  readonly ListenerPort?: number
  readonly Path?: string
  readonly LocalPathPort?: number
  readonly Protocol?: string
  readonly ParsedFromCheck?: boolean
}

/** What a proxy says of itself and of what it stands before. */
export interface ProxyFields {
  readonly DestinationServiceName?: string
  readonly DestinationServiceID?: string
  readonly LocalServiceAddress?: string
  readonly LocalServicePort?: number
  readonly Config?: Readonly<Record<string, unknown>>
  readonly Upstreams?: readonly ProxyTarget[]
  readonly MeshGateway?: object
  readonly Expose?: { readonly Checks?: boolean; readonly Paths?: readonly ExposedPath[] }
}

/** What a registration says of Consul's mesh. */
export interface MeshFields {
  readonly Kind?: string
  readonly Proxy?: ProxyFields
  readonly Connect?: { readonly Native?: boolean; readonly SidecarService?: object }
}

/** The same of a service that is registered: absent where nothing was said. */
export interface Mesh {
  readonly Kind?: string
  readonly Proxy?: ProxyFields
  readonly Connect?: { readonly Native: true }
}

const MODE: Shape = { go: 'structs.MeshGatewayConfig', fields: { Mode: { named: 'structs.MeshGatewayMode' } } }

const UPSTREAM: Shape = {
  go: 'structs.Upstream',
  sealed: true,
  aka: {
    DestinationType: 'destination_type',
    DestinationNamespace: 'destination_namespace',
    DestinationName: 'destination_name',
    LocalBindPort: 'local_bind_port',
    LocalBindAddress: 'local_bind_address',
  },
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

/** A path that is exposed. */
export const EXPOSED_PATH_SHAPE: FieldsShape = {
  go: 'structs.ExposePath',
  sealed: true,
  aka: { LocalPathPort: 'local_path_port', ListenerPort: 'listener_port' },
  fields: {
    ListenerPort: 'int',
    Path: 'string',
    LocalPathPort: 'int',
    Protocol: 'string',
    ParsedFromCheck: 'bool',
  },
}

/** What a proxy says of itself. */
export const PROXY_SHAPE: FieldsShape = {
  go: 'structs.ConnectProxyConfig',
  sealed: true,
  aka: {
    DestinationServiceName: 'destination_service_name',
    DestinationServiceID: 'destination_service_id',
    LocalServiceAddress: 'local_service_address',
    LocalServicePort: 'local_service_port',
  },
  fields: {
    DestinationServiceName: 'string',
    DestinationServiceID: 'string',
    LocalServiceAddress: 'string',
    LocalServicePort: 'int',
    Config: { map: 'any' },
    Upstreams: { list: UPSTREAM, go: 'structs.Upstreams' },
    MeshGateway: MODE,
    Expose: { go: 'structs.ExposeConfig', fields: { Checks: 'bool', Paths: { list: EXPOSED_PATH_SHAPE } } },
  },
}

/** How a service takes part in the mesh, where a sidecar is described so. */
export function connectShape(sidecar: FieldsShape): FieldsShape {
  return {
    go: 'structs.ServiceConnect',
    sealed: true,
    aka: { SidecarService: 'sidecar_service' },
    fields: { Native: 'bool', SidecarService: sidecar },
  }
}

/** The fields of a registration that are about the mesh. Of a sidecar only that it is there: it takes an agent. */
export const MESH_FIELDS: Readonly<Record<string, Shape>> = {
  Kind: 'string',
  Proxy: PROXY_SHAPE,
  Connect: connectShape({ go: 'structs.ServiceDefinition', open: true, fields: {} }),
}

const UPSTREAM_DEFAULTS = { DestinationType: '', DestinationName: '', Datacenter: '' }

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
    Expose: exposedOf(Expose),
  }
}

function exposedOf({ Checks, Paths = [] }: NonNullable<ProxyFields['Expose']>): object {
  const paths = Paths.map(({ ListenerPort, Path, LocalPathPort, Protocol, ParsedFromCheck = false }) => ({
    ...said({ ListenerPort, Path, LocalPathPort, Protocol }),
    ParsedFromCheck,
  }))
  return { ...said({ Checks }), ...(paths.length > 0 && { Paths: paths }) }
}

const PROXY_ORDER = [
  'DestinationServiceName',
  'DestinationServiceID',
  'LocalServiceAddress',
  'LocalServicePort',
  'Config',
] as const

function targetOf({ MeshGateway = {}, Config = null, ...rest }: ProxyTarget): ProxyTarget {
  return { ...UPSTREAM_DEFAULTS, ...said(rest), Config, MeshGateway: said(MeshGateway) }
}

/** A proxy as the agent shows it: without what its upstreams do not say. */
export function withBareTargets(proxy: ProxyFields): ProxyFields {
  const { Upstreams } = proxy
  if (!Upstreams) return proxy
  return { ...proxy, Upstreams: Upstreams.map(bare) }
}

function bare({ MeshGateway = {}, ...rest }: ProxyTarget): ProxyTarget {
  return { ...said(rest), MeshGateway }
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

/** Whether it takes connections of the mesh for a service: as its proxy, or by itself. */
export function standsFor({ Kind, Proxy, Connect, Service }: Mesh & { Service: string }, name: string): boolean {
  if (Kind === 'connect-proxy') return isSameName(Proxy?.DestinationServiceName ?? '', name)
  return Connect?.Native === true && isSameName(Service, name)
}
