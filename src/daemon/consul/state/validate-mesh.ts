import { ConsulRefusedError } from '../errors.ts'
import { hostPort } from '../go/host-port.ts'
import type { ExposedPath, MeshFields, ProxyFields, ProxyTarget } from './mesh.ts'

/** What a sidecar may not say. */
interface SidecarFields extends Pick<MeshFields, 'Connect'> {
  readonly ID?: string
}

const GATEWAYS = new Set(['mesh-gateway', 'terminating-gateway', 'ingress-gateway'])

/** Throws `ConsulRefusedError` for a sidecar in the catalog: it is an agent that makes a service of it. */
export function refuseSidecar({ Connect }: MeshFields): void {
  if (!Connect?.SidecarService) return
  const advice = 'register the service at the agent, or the proxy as a service of its own'
  throw new ConsulRefusedError(501, `Connect.SidecarService means nothing to the catalog of this registry: ${advice}`)
}

/** Throws `ConsulRefusedError` with that status, which tells everything that keeps it from being a proxy or a gateway. */
export function validateMesh(
  { Kind = '', Proxy = {}, Connect, Port = 0 }: MeshFields & { Port?: number },
  status: number,
): void {
  const sidecar: SidecarFields | undefined = Connect?.SidecarService
  const problems: string[] = []
  if (Kind === 'connect-proxy') {
    if ((Proxy.DestinationServiceName ?? '').trim() === '')
      problems.push('Proxy.DestinationServiceName must be non-empty for Connect proxy services')
    if (Port === 0) problems.push('Port must be set for a Connect proxy')
    if (Connect?.Native) problems.push('A Proxy cannot also be Connect Native, only typical services')
    problems.push(...targetProblems(Proxy.Upstreams ?? []), ...pathProblems(Proxy.Expose?.Paths ?? []))
  }
  if (GATEWAYS.has(Kind)) {
    if (Kind !== 'ingress-gateway' && Port === 0) problems.push(`Port must be non-zero for a ${Kind}`)
    if (sidecar) problems.push(`A ${Kind} cannot have a sidecar service defined`)
    problems.push(...gatewayProblems(Kind, Proxy))
  }
  if (sidecar?.ID) problems.push('A SidecarService cannot specify an ID as this is managed by the agent')
  if (sidecar?.Connect?.SidecarService) problems.push('A SidecarService cannot have a nested SidecarService')
  if (problems.length === 0) return
  const count = problems.length === 1 ? '1 error' : `${problems.length} errors`
  throw new ConsulRefusedError(status, `${count} occurred:\n${problems.map(line => `\t* ${line}\n`).join('')}\n`)
}

/** Each service once, and each at a place of its own. */
function targetProblems(upstreams: readonly ProxyTarget[]): string[] {
  const keys = new Set<string>()
  const places = new Set<string>()
  return upstreams.flatMap(upstream => {
    const problem = targetProblem(upstream)
    if (problem !== undefined) return [problem]
    const key = keyOf(upstream)
    if (keys.has(key)) return [`upstreams cannot contain duplicates of ${key}`]
    keys.add(key)
    const place = placeOf(upstream)
    const quoted = JSON.stringify(place)
    if (places.has(place))
      return [`upstreams cannot contain duplicates by local bind address and port; ${quoted} is specified twice`]
    places.add(place)
    return []
  })
}

function targetProblem({
  DestinationType = '',
  DestinationName = '',
  LocalBindPort = 0,
}: ProxyTarget): string | undefined {
  if (!['', 'service', 'prepared_query'].includes(DestinationType))
    return `unknown upstream destination type: ${JSON.stringify(DestinationType)}`
  if (DestinationName === '') return 'upstream destination name cannot be empty'
  return LocalBindPort === 0 ? 'upstream local bind port cannot be zero' : undefined
}

function keyOf({ DestinationType, DestinationName, DestinationNamespace, Datacenter }: ProxyTarget): string {
  const [type, name, namespace, datacenter] = [DestinationType, DestinationName, DestinationNamespace, Datacenter].map(
    text => JSON.stringify(text ?? ''),
  )
  return `[type=${type}, name=${name}, namespace=${namespace}, datacenter=${datacenter}]`
}

function placeOf({ LocalBindAddress, LocalBindPort = 0 }: ProxyTarget): string {
  return hostPort(LocalBindAddress || '127.0.0.1', LocalBindPort)
}

const PROTOCOLS = ['http', 'http2']
const PORT_MAX = 65_535

function pathProblems(paths: readonly ExposedPath[]): string[] {
  const known = new Set<string>()
  const listeners = new Set<number>()
  return paths.flatMap(({ Path = '', ListenerPort = 0, Protocol = '' }) => {
    const problems = [
      Path === '' && 'expose.paths: empty path exposed',
      known.has(Path) && 'expose.paths: duplicate paths exposed',
      listeners.has(ListenerPort) && 'expose.paths: duplicate listener ports exposed',
      (ListenerPort <= 0 || ListenerPort > PORT_MAX) && `expose.paths: invalid listener port: ${ListenerPort}`,
      Protocol !== '' &&
        !PROTOCOLS.includes(Protocol.toLowerCase()) &&
        `protocol '${Protocol.toLowerCase()}' not supported for path: ${Path}, must be in: [${PROTOCOLS.join(' ')}]`,
    ]
    known.add(Path)
    listeners.add(ListenerPort)
    return problems.filter(problem => problem !== false)
  })
}

/** What only a proxy says. */
function gatewayProblems(kind: string, proxy: ProxyFields): string[] {
  const said = [
    proxy.DestinationServiceName && 'DestinationServiceName',
    proxy.DestinationServiceID && 'DestinationServiceID',
    proxy.LocalServiceAddress && 'LocalServiceAddress',
    proxy.LocalServicePort && 'LocalServicePort',
    proxy.Upstreams && proxy.Upstreams.length > 0 && 'Upstreams',
  ]
  return said.flatMap(field => (field ? [`The Proxy.${field} configuration is invalid for a ${kind}`] : []))
}
