import { type HashShape, structHash } from '../go/struct-hash.ts'

const MODE: HashShape = { struct: 'MeshGatewayConfig', fields: { Mode: 'string' } }

const UPSTREAM: HashShape = {
  struct: 'Upstream',
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

const EXPOSED_PATH: HashShape = {
  struct: 'ExposePath',
  fields: {
    ListenerPort: 'int',
    Path: 'string',
    LocalPathPort: 'int',
    Protocol: 'string',
    ParsedFromCheck: 'bool',
  },
}

const PROXY: HashShape = {
  struct: 'AgentServiceConnectProxyConfig',
  fields: {
    DestinationServiceName: 'string',
    DestinationServiceID: 'string',
    LocalServiceAddress: 'string',
    LocalServicePort: 'int',
    Config: { map: 'any' },
    Upstreams: { list: UPSTREAM },
    MeshGateway: MODE,
    Expose: { struct: 'ExposeConfig', fields: { Checks: 'bool', Paths: { list: EXPOSED_PATH } } },
  },
}

/** A service as Consul 1.8 answers `/v1/agent/service/:id`. */
const AGENT_SERVICE: HashShape = {
  struct: 'AgentService',
  fields: {
    Kind: 'string',
    ID: 'string',
    Service: 'string',
    Tags: { list: 'string' },
    Meta: { map: 'string' },
    Port: 'int',
    Address: 'string',
    TaggedAddresses: { map: { struct: 'ServiceAddress', fields: { Address: 'string', Port: 'int' } } },
    Weights: { struct: 'AgentWeights', fields: { Passing: 'int', Warning: 'int' } },
    EnableTagOverride: 'bool',
    CreateIndex: 'int',
    ModifyIndex: 'int',
    ContentHash: 'string',
    Proxy: { pointer: PROXY },
    Connect: {
      pointer: {
        struct: 'AgentServiceConnect',
        fields: { Native: 'bool', SidecarService: { pointer: 'any' } },
      },
    },
  },
}

/** The hash of a service as the agent shows it, by which clients wait for another: the same that Consul 1.8 has of it. */
export function contentHash(service: Readonly<Record<string, unknown>>): string {
  return structHash(service, AGENT_SERVICE).toString(16)
}
