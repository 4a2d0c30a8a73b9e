import { withBareTargets } from '../state/mesh.ts'
import type { CheckRow, ServiceEntry, ServiceRow } from '../state/rows.ts'

/** What is said of a mesh by who has none. */
const NO_PROXY = { MeshGateway: {}, Expose: {} }
const NO_CONNECT = {}

/** What the agent shows of a check that has no definition. */
const ZERO_DEFINITION = {
  Interval: '0s',
  Timeout: '0s',
  DeregisterCriticalServiceAfter: '0s',
  HTTP: '',
  Header: null,
  Method: '',
  Body: '',
  TLSSkipVerify: false,
  TCP: '',
}

/** An instance as `/v1/health` and `/v1/catalog/node` show it. */
export function healthService(row: ServiceRow): Record<string, unknown> {
  return {
    ...(row.Kind && { Kind: row.Kind }),
    ID: row.ID,
    Service: row.Service,
    Tags: row.Tags,
    Address: row.Address,
    ...(row.TaggedAddresses && { TaggedAddresses: row.TaggedAddresses }),
    Meta: row.Meta,
    Port: row.Port,
    Weights: row.Weights,
    EnableTagOverride: row.EnableTagOverride,
    Proxy: row.Proxy ?? NO_PROXY,
    Connect: row.Connect ?? NO_CONNECT,
    CreateIndex: row.CreateIndex,
    ModifyIndex: row.ModifyIndex,
  }
}

/** An instance with its node, flat, as `/v1/catalog/service` shows it. */
export function catalogService({ node, service }: ServiceEntry): Record<string, unknown> {
  return {
    ID: node.ID,
    Node: service.Node,
    Address: node.Address,
    Datacenter: node.Datacenter,
    TaggedAddresses: node.TaggedAddresses,
    NodeMeta: node.Meta,
    ServiceKind: service.Kind ?? '',
    ServiceID: service.ID,
    ServiceName: service.Service,
    ServiceTags: service.Tags,
    ServiceAddress: service.Address,
    ...(service.TaggedAddresses && { ServiceTaggedAddresses: service.TaggedAddresses }),
    ServiceWeights: service.Weights,
    ServiceMeta: service.Meta ?? {},
    ServicePort: service.Port,
    ServiceEnableTagOverride: service.EnableTagOverride,
    ServiceProxy: service.Proxy ?? NO_PROXY,
    ServiceConnect: service.Connect ?? NO_CONNECT,
    CreateIndex: service.CreateIndex,
    ModifyIndex: service.ModifyIndex,
  }
}

/** An instance as `/v1/agent` shows it. */
export function agentService(row: ServiceRow): Record<string, unknown> {
  return {
    ...(row.Kind && { Kind: row.Kind }),
    ID: row.ID,
    Service: row.Service,
    Tags: row.Tags,
    Meta: row.Meta ?? {},
    Port: row.Port,
    Address: row.Address,
    ...(row.TaggedAddresses && { TaggedAddresses: row.TaggedAddresses }),
    Weights: row.Weights,
    EnableTagOverride: row.EnableTagOverride,
    ...(row.Kind && { Proxy: row.Proxy ? withBareTargets(row.Proxy) : NO_PROXY }),
    ...(row.Connect && { Connect: row.Connect }),
  }
}

/** A check as `/v1/agent/checks` shows it: the agent knows no indexes. */
export function agentCheck(row: CheckRow): Record<string, unknown> {
  return { ...row, CreateIndex: 0, ModifyIndex: 0 }
}

/** A check as `/v1/agent/health` shows it. */
export function agentHealthCheck(row: CheckRow): Record<string, unknown> {
  return {
    ...row,
    ServiceTags: row.ServiceTags.length > 0 ? row.ServiceTags : null,
    Type: '',
    Definition: ZERO_DEFINITION,
    CreateIndex: 0,
    ModifyIndex: 0,
  }
}
