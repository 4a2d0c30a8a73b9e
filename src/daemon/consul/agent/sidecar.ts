import type { CheckFields } from '../checks/check-definition.ts'
import { ConsulRefusedError } from '../errors.ts'
import { hostPort } from '../go/host-port.ts'
import type { Unindexed } from '../state/catalog.ts'
import type { ServiceRow } from '../state/rows.ts'
import { metaProblem } from './meta.ts'
import { checksOf, rowOf, type ServiceDefinition, type ServiceFields } from './service-definition.ts'

/** Between these, both included, a sidecar gets a port that says none. */
const PORT_MIN = 21_000
const PORT_MAX = 21_255

/** How often it is tried to connect to a sidecar that says no checks of its own, in nanoseconds. */
const INTERVAL_NS = 10e9

const NO_PORT = `no port provided for sidecar_service and none left in the configured range [${PORT_MIN}, ${PORT_MAX}]`

/** The id of the sidecar of a service. */
export function sidecarId(serviceId: string): string {
  return `${serviceId}-sidecar-proxy`
}

/**
 * The service that stands before another one in a mesh, where the registration of that one asks for it: what it does not say is as of that service. Nothing
 * is run here; whoever runs the proxy finds what it needs. `others` are the services at the agent, whose ports it does not take.
 * Throws `ConsulRefusedError`, also when there is no port left.
 */
export function sidecarOf(
  { row, fields }: { readonly row: Unindexed<ServiceRow>; readonly fields: ServiceFields },
  others: readonly ServiceRow[],
): ServiceDefinition | undefined {
  const said = fields.Connect?.SidecarService
  if (!said) return undefined
  const problem = said.Meta && metaProblem(said.Meta)
  if (problem) refuse(problem)
  const own = { ...said, ...inherited(said, { row, fields }) }
  const Port = said.Port && said.Port > 0 ? said.Port : freePort(own.ID, others)
  const sidecar: Unindexed<ServiceRow> = { ...rowOf({ ...own, Port }, row.Node), isSidecar: true }
  const checks = checksOf(said)
  return { row: sidecar, checks: checks.length > 0 ? checks : defaultChecks(sidecar, row) }
}

function inherited(said: ServiceFields, { row, fields }: { row: Unindexed<ServiceRow>; fields: ServiceFields }) {
  const { Proxy = {}, Tags = [], Meta = {} } = said
  return {
    ID: sidecarId(row.ID),
    Name: said.Name || `${row.Service}-sidecar-proxy`,
    Kind: said.Kind || 'connect-proxy',
    Address: said.Address || row.Address,
    Tags: Tags.length > 0 ? Tags : row.Tags,
    ...(Object.keys(Meta).length === 0 && fields.Meta && { Meta: fields.Meta }),
    Proxy: {
      ...Proxy,
      DestinationServiceName: Proxy.DestinationServiceName || row.Service,
      DestinationServiceID: Proxy.DestinationServiceID || row.ID,
      LocalServiceAddress: Proxy.LocalServiceAddress || '127.0.0.1',
      LocalServicePort: Proxy.LocalServicePort && Proxy.LocalServicePort > 0 ? Proxy.LocalServicePort : row.Port,
    },
  }
}

/** The one that it has already, else the lowest that none has. */
function freePort(id: string, others: readonly ServiceRow[]): number {
  const inRange = others.filter(({ Port }) => Port >= PORT_MIN && Port <= PORT_MAX)
  const before = inRange.find(({ ID }) => ID === id)
  if (before) return before.Port
  const used = new Set(inRange.map(({ Port }) => Port))
  for (let port = PORT_MIN; port <= PORT_MAX; port++) if (!used.has(port)) return port
  return refuse(NO_PORT)
}

/** Whether it can be connected to, and whether its service is well. */
function defaultChecks({ Proxy, Port }: Unindexed<ServiceRow>, { ID }: Unindexed<ServiceRow>): CheckFields[] {
  const TCP = hostPort(Proxy?.LocalServiceAddress ?? '', Port)
  return [
    { Name: 'Connect Sidecar Listening', TCP, Interval: INTERVAL_NS },
    { Name: `Connect Sidecar Aliasing ${ID}`, AliasService: ID },
  ]
}

function refuse(problem: string): never {
  throw new ConsulRefusedError(500, `Bad request: Invalid SidecarService: ${problem}`)
}
