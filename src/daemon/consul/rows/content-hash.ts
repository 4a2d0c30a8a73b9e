import { TAGGED_ADDRESSES_SHAPE } from '../agent/service-definition.ts'
import { hashFieldsOf, hashShapeOf } from '../go/hash-shape-of.ts'
import { type HashShape, structHash } from '../go/struct-hash.ts'
import { PROXY_SHAPE } from '../state/mesh.ts'

/** Its answers call it otherwise than what it decodes. */
const PROXY: HashShape = { struct: 'AgentServiceConnectProxyConfig', fields: hashFieldsOf(PROXY_SHAPE) }

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
    TaggedAddresses: hashShapeOf(TAGGED_ADDRESSES_SHAPE),
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
