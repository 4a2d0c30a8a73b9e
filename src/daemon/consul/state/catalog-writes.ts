import type { ConsulSettings } from '../consul-options.ts'
import { ConsulRefusedError } from '../errors.ts'
import type { Shape } from '../go/decode.ts'
import {
  fullAddresses,
  areValidWeights,
  type ServiceFields,
  TAGGED_ADDRESSES_SHAPE,
  weightsOf,
  WEIGHTS_SHAPE,
} from '../agent/service-definition.ts'
import type { Catalog } from './catalog.ts'
import { requireShort } from './limits.ts'
import { MESH_FIELDS, type MeshFields, meshOf, validateMesh } from './mesh.ts'
import type { CheckRow } from './rows.ts'

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

/** How a check is written to the catalog. */
export const CATALOG_CHECK_SHAPE: Shape = {
  fields: {
    Node: 'string',
    CheckID: 'string',
    Name: 'string',
    Status: 'string',
    Notes: 'string',
    Output: 'string',
    ServiceID: 'string',
    ServiceName: 'string',
    ServiceTags: { list: 'string' },
    Type: 'string',
    Definition: { map: 'any' },
    Namespace: 'string',
    CreateIndex: 'int',
    ModifyIndex: 'int',
  },
}

/** How a service is written to the catalog. */
export const CATALOG_SERVICE_SHAPE: Shape = {
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
    Namespace: 'string',
    CreateIndex: 'int',
    ModifyIndex: 'int',
  },
}

/** What `PUT /v1/catalog/register` takes. */
export const REGISTRATION_SHAPE: Shape = {
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
    Namespace: 'string',
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
    CheckID: 'string',
    Datacenter: 'string',
    Namespace: 'string',
    WriteRequest: 'any',
  },
}

const UUID_CHARACTERS = 36

/** Writes a node, a service and checks, at one index. Nothing is written where it throws `ConsulRefusedError` for the request itself. */
export function registerIn(
  catalog: Catalog,
  registration: CatalogRegistration,
  { datacenter }: Pick<ConsulSettings, 'datacenter'>,
): void {
  requireDatacenter(registration.Datacenter, datacenter)
  const { Node = '', Service: service, Check, Checks = [] } = registration
  validate(registration)
  const checks = [...(Check ? [Check] : []), ...Checks]
  requireServices(catalog, checks, { node: Node, service })
  catalog.together(() => {
    putNode(catalog, registration, datacenter)
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
  if (ID !== '' && ID.length !== UUID_CHARACTERS)
    throw new ConsulRefusedError(500, 'Bad node ID: uuid string is wrong length')
  requireShort('A name, an id or an address', ID, Node, Address, Service?.ID, Service?.Service, Service?.Address)
  for (const check of [Check, ...Checks]) requireShort('A text of a check', check?.CheckID, check?.Name)
  if (!Service) return
  if (Service.ID && !Service.Service) throw new ConsulRefusedError(500, 'Must provide service name with ID')
  validateMesh(Service, 500)
}

/** Every check of a service needs that to be there, or to come in the same request. */
function requireServices(
  catalog: Catalog,
  checks: readonly CatalogCheckFields[],
  { node, service }: { node: string; service: CatalogServiceFields | undefined },
): void {
  for (const { ServiceID = '' } of checks) {
    const isComing = service !== undefined && ServiceID === (service.ID || service.Service)
    if (ServiceID === '' || isComing || catalog.service(node, ServiceID)) continue
    throw new ConsulRefusedError(500, `failed inserting check: Missing service registration on node "${node}"`)
  }
}

function putNode(catalog: Catalog, registration: CatalogRegistration, datacenter: string): void {
  const { ID = '', Node = '', Address = '', TaggedAddresses = null, NodeMeta = null, SkipNodeUpdate } = registration
  const before = catalog.node(Node)
  if (before && SkipNodeUpdate) return
  catalog.putNode({
    ID: ID || (before?.ID ?? ''),
    Node,
    Address,
    Datacenter: datacenter,
    TaggedAddresses: TaggedAddresses,
    Meta: NodeMeta,
  })
}

/** Writes a service to a node that is there. */
export function putService(catalog: Catalog, node: string, service: CatalogServiceFields): void {
  const { Service = '', Tags = [], Address = '', Meta = null, Port = 0, EnableTagOverride = false } = service
  const ID = service.ID || Service
  const tagged = fullAddresses(service.TaggedAddresses)
  catalog.putService({
    Node: node,
    ID,
    Service,
    Tags,
    Address,
    ...(tagged && { TaggedAddresses: tagged }),
    Meta,
    Port,
    Weights: areValidWeights(service.Weights) ? weightsOf(service.Weights) : weightsOf(undefined),
    EnableTagOverride,
    ...meshOf(service),
    isLocal: catalog.service(node, ID)?.isLocal ?? false,
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
    Definition,
  })
}

function typeOf({ HTTP, TCP }: Readonly<Record<string, unknown>>): string {
  if (HTTP) return 'http'
  return TCP ? 'tcp' : ''
}
