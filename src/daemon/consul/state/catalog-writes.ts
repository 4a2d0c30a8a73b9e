import type { ConsulSettings } from '../consul-options.ts'
import { ConsulRefusedError } from '../errors.ts'
import type { FieldsShape, Shape } from '../go/decode.ts'
import { formatGoDuration } from '../go/duration.ts'
import {
  fullAddresses,
  isAnyAddress,
  type ServiceFields,
  TAGGED_ADDRESSES_SHAPE,
  validWeights,
  WEIGHTS_SHAPE,
} from '../agent/service-definition.ts'
import type { Catalog } from './catalog.ts'
import { requireFewTags, requireShort } from './limits.ts'
import { MESH_FIELDS, type MeshFields, meshOf } from './mesh.ts'
import { isSameName } from './folded.ts'
import { badNodeId, putNode, reservedProblem } from './node-writes.ts'
import type { CheckRow } from './rows.ts'
import { refuseSidecar, validateMesh } from './validate-mesh.ts'

/** What is written to the catalog in one request. */
export interface CatalogRegistration {
  readonly ID?: string
  readonly Node?: string
  readonly Address?: string
  readonly Datacenter?: string
  readonly TaggedAddresses?: Readonly<Record<string, string>>
  readonly NodeMeta?: Readonly<Record<string, string>>
  readonly Service?: CatalogServiceFields
  readonly Check?: CatalogCheckFields
  readonly Checks?: readonly CatalogCheckFields[]
  readonly SkipNodeUpdate?: boolean
}

/** A service as it is written to the catalog. */
export interface CatalogServiceFields extends Pick<
  ServiceFields,
  'ID' | 'Tags' | 'Address' | 'TaggedAddresses' | 'Meta' | 'Port' | 'Weights' | 'EnableTagOverride' | keyof MeshFields
> {
  readonly Service?: string
}

/** A check as it is written to the catalog. */
export type CatalogCheckFields = Partial<Omit<CheckRow, 'CreateIndex' | 'ModifyIndex'>>

/** What is taken out of the catalog in one request. */
export interface CatalogDeregistration {
  readonly Node?: string
  readonly ServiceID?: string
  readonly CheckID?: string
  readonly Datacenter?: string
}

const CHECK_ID: Shape = { named: 'types.CheckID' }

/** What else is in it means nothing. */
const DEFINITION: Shape = {
  sealed: true,
  open: true,
  fields: {
    HTTP: 'string',
    TLSSkipVerify: 'bool',
    Header: { map: { list: 'string' } },
    Method: 'string',
    Body: 'string',
    TCP: 'string',
    Interval: 'duration',
    Timeout: 'duration',
    DeregisterCriticalServiceAfter: 'duration',
    OutputMaxSize: 'uint',
    ScriptArgs: { list: 'string' },
    DockerContainerID: 'string',
    Shell: 'string',
    GRPC: 'string',
    GRPCUseTLS: 'bool',
    AliasNode: 'string',
    AliasService: 'string',
    TTL: 'duration',
  },
}

/** How a check is written to the catalog. */
export const CATALOG_CHECK_SHAPE: FieldsShape = {
  go: 'structs.HealthCheck',
  fields: {
    Node: 'string',
    CheckID: CHECK_ID,
    Name: 'string',
    Status: 'string',
    Notes: 'string',
    Output: 'string',
    ServiceID: 'string',
    ServiceName: 'string',
    ServiceTags: { list: 'string' },
    Type: 'string',
    Definition: DEFINITION,
    CreateIndex: 'uint',
    ModifyIndex: 'uint',
  },
}

/** How a service is written to the catalog. */
export const CATALOG_SERVICE_SHAPE: FieldsShape = {
  go: 'structs.NodeService',
  fields: {
    ID: 'string',
    Service: 'string',
    Tags: { list: 'string' },
    Address: 'string',
    TaggedAddresses: TAGGED_ADDRESSES_SHAPE,
    Meta: { map: 'string' },
    Port: 'int',
    Weights: WEIGHTS_SHAPE,
    EnableTagOverride: 'bool',
    ...MESH_FIELDS,
    CreateIndex: 'uint',
    ModifyIndex: 'uint',
  },
}

/** What `PUT /v1/catalog/register` takes. */
export const REGISTRATION_SHAPE: Shape = {
  go: 'structs.RegisterRequest',
  fields: {
    ID: 'string',
    Node: 'string',
    Address: 'string',
    Datacenter: 'string',
    TaggedAddresses: { map: 'string' },
    NodeMeta: { map: 'string' },
    Service: CATALOG_SERVICE_SHAPE,
    Check: CATALOG_CHECK_SHAPE,
    Checks: { list: CATALOG_CHECK_SHAPE },
    SkipNodeUpdate: 'bool',
    WriteRequest: 'any',
    Token: 'string',
  },
}

/** What `PUT /v1/catalog/deregister` takes. The address means nothing, but Consul's own clients may say it. */
export const DEREGISTRATION_SHAPE: Shape = {
  fields: {
    Node: 'string',
    Address: 'string',
    ServiceID: 'string',
    CheckID: CHECK_ID,
    Datacenter: 'string',
    WriteRequest: 'any',
  },
}

/** Writes a node, a service and checks, at one index. Nothing is written where it throws `ConsulRefusedError` for the request itself; where there is no room any more, some of it may be. */
export function registerIn(
  catalog: Catalog,
  registration: CatalogRegistration,
  { datacenter }: Pick<ConsulSettings, 'datacenter'>,
): void {
  requireDatacenter(registration.Datacenter, datacenter)
  const { Node = '', Service: service, Check, Checks = [] } = registration
  validate(registration)
  const checks = [...Checks, ...(Check ? [Check] : [])]
  requireFree(catalog, registration)
  requirePlaces(catalog, checks, { node: Node, service })
  catalog.together(() => {
    putNodeOf(catalog, registration, datacenter)
    if (service) putService(catalog, Node, service)
    for (const check of checks) putCheck(catalog, Node, check)
  })
}

/** Takes out what is named: a check, a service, or with neither the node and everything on it. Throws `ConsulRefusedError`. */
export function deregisterIn(
  catalog: Catalog,
  { Node = '', ServiceID = '', CheckID = '', Datacenter }: CatalogDeregistration,
  { datacenter }: Pick<ConsulSettings, 'datacenter'>,
): void {
  requireDatacenter(Datacenter, datacenter)
  if (Node === '') throw new ConsulRefusedError(500, 'Must provide node')
  if (ServiceID !== '') catalog.deleteService(Node, ServiceID)
  else if (CheckID !== '') catalog.deleteCheck(Node, CheckID)
  else catalog.deleteNode(Node)
}

function requireDatacenter(asked: string | undefined, datacenter: string): void {
  if (asked && asked !== datacenter) throw new ConsulRefusedError(500, 'No path to datacenter')
}

function validate({
  ID = '',
  Node = '',
  Address = '',
  SkipNodeUpdate = false,
  Service,
  Check,
  Checks = [],
}: CatalogRegistration): void {
  if (Node === '') throw new ConsulRefusedError(500, 'Must provide node')
  if (Address === '' && !SkipNodeUpdate)
    throw new ConsulRefusedError(500, 'Must provide address if SkipNodeUpdate is not set')
  const badId = badNodeId(ID)
  if (badId) throw new ConsulRefusedError(500, badId)
  requireShort('A name, an id or an address', ID, Node, Address, Service?.ID, Service?.Service, Service?.Address)
  requireFewTags(Service?.Tags)
  for (const check of [Check, ...Checks]) requireShort('A text of a check', check?.CheckID, check?.Name)
  if (!Service) return
  if (Service.ID && !Service.Service) throw new ConsulRefusedError(500, 'Must provide service name with ID')
  if (!Service.Service)
    throw new ConsulRefusedError(
      500,
      'failed inserting service: failed inserting service: object missing primary index',
    )
  if (isAnyAddress(Service.Address)) throw new ConsulRefusedError(500, 'Invalid service address')
  refuseSidecar(Service)
  validateMesh(Service, 500)
}

/** A check is of the node that is registered with it; every check of a service needs that to be there, or to come in the same request. */
function requirePlaces(
  catalog: Catalog,
  checks: readonly CatalogCheckFields[],
  { node, service }: { node: string; service: CatalogServiceFields | undefined },
): void {
  for (const { Node = '', ServiceID = '', CheckID = '', Name = '' } of checks) {
    if (Node !== '' && Node !== node)
      throw new ConsulRefusedError(
        500,
        `check node ${JSON.stringify(Node)} does not match node ${JSON.stringify(node)}`,
      )
    const isComing = service !== undefined && isSameName(ServiceID, service.ID || (service.Service ?? ''))
    const isThere = ServiceID === '' || isComing || catalog.service(node, ServiceID)
    const problem = isThere ? 'failed inserting check: object missing primary index' : 'Missing service registration'
    if (!isThere || (CheckID === '' && Name === ''))
      throw new ConsulRefusedError(500, `failed inserting check: ${problem} on node ${JSON.stringify(node)}`)
  }
}

function requireFree(catalog: Catalog, registration: CatalogRegistration): void {
  const { ID = '', Node = '', Address = '', SkipNodeUpdate } = registration
  if (SkipNodeUpdate && catalog.node(Node)) return
  const problem = reservedProblem(catalog, { ID, Node, Address })
  if (problem) throw new ConsulRefusedError(500, `failed inserting node: ${problem}`)
}

function putNodeOf(catalog: Catalog, registration: CatalogRegistration, Datacenter: string): void {
  const {
    ID = '',
    Node = '',
    Address = '',
    TaggedAddresses = null,
    NodeMeta: Meta = null,
    SkipNodeUpdate,
  } = registration
  if (SkipNodeUpdate && catalog.node(Node)) return
  putNode(catalog, { ID, Node, Address, Datacenter, TaggedAddresses, Meta })
}

/** Writes a service to a node that is there. */
export function putService(catalog: Catalog, node: string, service: CatalogServiceFields): void {
  const { Service = '', Tags = [], Address = '', Meta = null, Port = 0, EnableTagOverride = false } = service
  const ID = service.ID || Service
  const tagged = fullAddresses(service.TaggedAddresses)
  const before = catalog.service(node, ID)
  catalog.putService({
    Node: node,
    ID,
    Service,
    Tags,
    Address,
    ...(tagged && { TaggedAddresses: tagged }),
    Meta,
    Port,
    Weights: validWeights(service.Weights),
    EnableTagOverride,
    ...meshOf(service),
    isLocal: before?.isLocal ?? false,
    ...(before?.isSidecar && { isSidecar: true }),
  })
}

/** Writes a check to a node that is there. */
export function putCheck(catalog: Catalog, node: string, check: CatalogCheckFields): void {
  const { Name = '', ServiceID = '', Status = '', Notes = '', Output = '', Type = '', Definition = {} } = check
  const service = ServiceID === '' ? undefined : catalog.service(node, ServiceID)
  catalog.putCheck({
    Node: node,
    CheckID: check.CheckID || Name,
    Name,
    Status: Status || 'critical',
    Notes,
    Output,
    ServiceID,
    ServiceName: service?.Service ?? '',
    ServiceTags: service?.Tags ?? [],
    Type: Type || typeOf(Definition),
    Definition: written(Definition),
  })
}

const IN_WORDS = new Set(['Interval', 'Timeout', 'DeregisterCriticalServiceAfter'])

/** As Consul writes it: without what says nothing, durations in words but for the TTL. */
function written(definition: CheckRow['Definition']): CheckRow['Definition'] {
  const said = Object.entries(definition).filter(([, value]) => value !== '' && value !== 0 && value !== false)
  return Object.fromEntries(
    said.map(([name, value]) => [
      name,
      IN_WORDS.has(name) && typeof value === 'number' ? formatGoDuration(value) : value,
    ]),
  )
}

/** What is done again and again takes to be told how often. */
function typeOf(definition: Readonly<Record<string, unknown>>): string {
  const { GRPC, HTTP, TTL, TCP, AliasNode, AliasService, ScriptArgs, DockerContainerID, Interval } = definition
  const isRepeated = Number(Interval ?? 0) > 0
  if (GRPC && isRepeated) return 'grpc'
  if (HTTP && isRepeated) return 'http'
  if (TTL) return 'ttl'
  if (TCP && isRepeated) return 'tcp'
  if (AliasNode || AliasService) return 'alias'
  if (!ScriptArgs) return ''
  return DockerContainerID && isRepeated ? 'docker' : 'script'
}
