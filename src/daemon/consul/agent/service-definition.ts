import { isIPv4, isIPv6 } from 'node:net'
import { ConsulRefusedError } from '../errors.ts'
import type { FieldsShape, Shape } from '../go/decode.ts'
import type { Unindexed } from '../state/catalog.ts'
import { requireFewTags, requireShort } from '../state/limits.ts'
import { connectShape, MESH_FIELDS, type MeshFields, meshOf } from '../state/mesh.ts'
import type { ServiceAddress, ServiceRow } from '../state/rows.ts'
import { validateMesh } from '../state/validate-mesh.ts'
import {
  CHECK_SHAPE,
  type CheckFields,
  isEmptyCheck,
  isStatus,
  validateCheck,
  withoutAliases,
} from '../checks/check-definition.ts'
import { validateMeta } from './meta.ts'

/** A service as it is registered at the agent. */
export interface ServiceFields extends MeshFields {
  readonly ID?: string
  readonly Name?: string
  readonly Tags?: readonly string[]
  readonly Address?: string
  readonly TaggedAddresses?: Readonly<Record<string, Partial<ServiceAddress>>>
  readonly Meta?: Readonly<Record<string, string>>
  readonly Port?: number
  readonly Weights?: { readonly Passing?: number; readonly Warning?: number }
  readonly EnableTagOverride?: boolean
  readonly Check?: CheckFields
  readonly Checks?: readonly CheckFields[]
  readonly Connect?: { readonly Native?: boolean; readonly SidecarService?: ServiceFields }
  /** Of a sidecar: in place of the one that is shown. */
  readonly Token?: string
}

/** The addresses of a service by what they are for. */
export const TAGGED_ADDRESSES_SHAPE: Shape = {
  map: { go: 'structs.ServiceAddress', fields: { Address: 'string', Port: 'int' } },
}

/** The weights of a service. */
export const WEIGHTS_SHAPE: Shape = { go: 'structs.Weights', fields: { Passing: 'int', Warning: 'int' } }

const AKA = { EnableTagOverride: 'enable_tag_override', TaggedAddresses: 'tagged_addresses' }

const FIELDS: Readonly<Record<string, Shape>> = {
  ID: 'string',
  Name: 'string',
  Tags: { list: 'string' },
  Address: 'string',
  TaggedAddresses: TAGGED_ADDRESSES_SHAPE,
  Meta: { map: 'string' },
  Port: 'int',
  Weights: WEIGHTS_SHAPE,
  EnableTagOverride: 'bool',
  Check: CHECK_SHAPE,
  Checks: { list: CHECK_SHAPE },
  Token: 'string',
  ...MESH_FIELDS,
}

const SIDECAR_SHAPE: FieldsShape = { go: 'structs.ServiceDefinition', sealed: true, aka: AKA, fields: FIELDS }

/** What `PUT /v1/agent/service/register` takes. */
export const SERVICE_SHAPE: Shape = { aka: AKA, fields: { ...FIELDS, Connect: connectShape(SIDECAR_SHAPE) } }

/** A valid registration. */
export interface ServiceDefinition {
  readonly row: Unindexed<ServiceRow>
  readonly checks: readonly CheckFields[]
}

/** Checks what is registered, in Consul's order and words. Throws `ConsulRefusedError`. */
export function serviceDefinition(said: ServiceFields, node: string): ServiceDefinition {
  const fields = withTargetTypes(said)
  const { Name = '', ID = '', Address = '', Tags = [], Meta } = fields
  if (Name === '') throw new ConsulRefusedError(400, 'Missing service name')
  if (isAnyAddress(Address)) throw new ConsulRefusedError(400, 'Invalid service address')
  validateWeights(fields.Weights)
  validateMeta(Meta)
  validateMesh(fields, 400)
  requireShort('A name, an id or an address', Name, ID, Address)
  requireFewTags(Tags)
  const checks = validChecks(fields)
  validateSidecarChecks(fields)
  return { row: rowOf(fields, node), checks }
}

/** A service as it is kept, with what it does not say. */
export function rowOf(said: ServiceFields, node: string): Unindexed<ServiceRow> {
  const fields = withTargetTypes(said)
  const { Name = '', ID = '', Address = '', Tags = [], Meta, Port = 0 } = fields
  const tagged = taggedAddresses(fields)
  return {
    Node: node,
    ID: ID || Name,
    Service: Name,
    Tags,
    Address,
    ...(tagged && { TaggedAddresses: tagged }),
    Meta: Meta ?? null,
    Port,
    Weights: validWeights(fields.Weights),
    EnableTagOverride: fields.EnableTagOverride ?? false,
    ...meshOf(fields),
    isLocal: true,
  }
}

/** What a proxy takes connections to is a service unless it says otherwise, to an agent. */
function withTargetTypes(fields: ServiceFields): ServiceFields {
  const { Proxy } = fields
  if (!Proxy?.Upstreams) return fields
  const targets = Proxy.Upstreams.map(target => ({
    ...target,
    DestinationType: target.DestinationType || 'service',
  }))
  return { ...fields, Proxy: { ...Proxy, Upstreams: targets } }
}

const FAMILIES = [
  { tag: 'lan_ipv4', family: 'ipv4', isOne: isIPv4 },
  { tag: 'wan_ipv4', family: 'ipv4', isOne: isIPv4 },
  // Consul looks at the other one of this family not at all.
  { tag: 'lan_ipv6', family: 'ipv6', isOne: isIPv6 },
]

/** Throws `ConsulRefusedError` for an address that is not of the family that its tag says. */
export function requireFamilies({ TaggedAddresses = {} }: Pick<ServiceRow, 'TaggedAddresses'>): void {
  for (const { tag, family, isOne } of FAMILIES) {
    const tagged = TaggedAddresses[tag]
    if (tagged && !isOne(tagged.Address))
      throw new ConsulRefusedError(
        500,
        `Service tagged address ${JSON.stringify(tag)} must be a valid ${family} address`,
      )
  }
}

/** Whether an address stands for all of a machine, so that nobody could reach it there. */
export function isAnyAddress(address = ''): boolean {
  return ['0.0.0.0', '::', '[::]'].includes(address)
}

/** The weights as they count: 1 and 1 where nothing is said, and in the place of others than an agent takes, as the catalog and sidecars may have. */
export function validWeights(weights: ServiceFields['Weights']): ServiceRow['Weights'] {
  if (!weights || problemOfWeights(weights) !== undefined) return { Passing: 1, Warning: 1 }
  return { Passing: weights.Passing ?? 0, Warning: weights.Warning ?? 0 }
}

function problemOfWeights(weights: ServiceFields['Weights']): string | undefined {
  if (!weights) return undefined
  const { Passing = 0, Warning = 0 } = weights
  if (Passing < 1) return 'Passing must be greater than 0'
  if (Warning < 0) return 'Warning must be greater or equal than 0'
  return Passing > 65_535 || Warning > 65_535 ? 'DNS Weight must be between 0 and 65535' : undefined
}

function validateWeights(weights: ServiceFields['Weights']): void {
  const problem = problemOfWeights(weights)
  if (problem) throw new ConsulRefusedError(400, `Invalid Weights: ${problem}`)
}

/** Addresses with ports, where anything is said. */
export function fullAddresses(given: ServiceFields['TaggedAddresses']): Record<string, ServiceAddress> | undefined {
  if (!given) return undefined
  const entries = Object.entries(given)
  if (entries.length === 0) return undefined
  return Object.fromEntries(entries.map(([tag, { Address = '', Port = 0 }]) => [tag, { Address, Port }]))
}

function taggedAddresses(fields: ServiceFields): Record<string, ServiceAddress> | undefined {
  const tagged = fullAddresses(fields.TaggedAddresses) ?? {}
  const { Address = '', Port = 0 } = fields
  const family = isIPv4(Address) ? 'ipv4' : isIPv6(Address) ? 'ipv6' : undefined
  if (family) for (const reach of ['lan', 'wan']) tagged[`${reach}_${family}`] ??= { Address, Port }
  const entries = Object.entries(tagged)
  if (entries.length === 0) return undefined
  return Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

/** The checks of a service: the one, and the list. */
export function checksOf({ Check, Checks = [] }: ServiceFields): CheckFields[] {
  const single = Check && !isEmptyCheck(withoutAliases(Check)) ? [Check] : []
  return [...single, ...Checks].map(check => {
    const { ServiceID: _ignored, ...fields } = withoutAliases(check)
    return fields
  })
}

function validChecks(fields: ServiceFields): CheckFields[] {
  const checks = checksOf(fields)
  for (const check of checks) validateCheck(check)
  for (const { Status = '' } of checks) {
    if (Status !== '' && !isStatus(Status))
      throw new ConsulRefusedError(400, "Status for checks must 'passing', 'warning', 'critical'")
  }
  return checks
}

function validateSidecarChecks({ Connect }: ServiceFields): void {
  const sidecar = Connect?.SidecarService
  if (!sidecar) return
  requireShort('A name or an address of a sidecar', sidecar.Name, sidecar.Address)
  requireFewTags(sidecar.Tags)
  try {
    validChecks(sidecar)
  } catch (error) {
    if (!(error instanceof ConsulRefusedError)) throw error
    const problem = error.message.replace('Invalid check: ', 'Invalid check in sidecar_service: ')
    throw new ConsulRefusedError(500, `Bad request: ${problem}`)
  }
}
