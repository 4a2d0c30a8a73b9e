/** What a value is, as far as filters may look into it. */
export type FilterType =
  | 'string'
  | 'int'
  | 'bool'
  | { readonly list: FilterType }
  | { readonly map: FilterType }
  | { readonly fields: Readonly<Record<string, FilterType>> }

/** What can be filtered. */
export type FilterSubject = 'node' | 'service' | 'catalogService' | 'entry' | 'check'

const TEXTS: FilterType = { map: 'string' }
const TAGS: FilterType = { list: 'string' }
const ADDRESSES: FilterType = { map: { fields: { Address: 'string', Port: 'int' } } }
const WEIGHTS: FilterType = { fields: { Passing: 'int', Warning: 'int' } }
const CONNECT: FilterType = { fields: { Native: 'bool' } }
const PROXY: FilterType = {
  fields: {
    DestinationServiceName: 'string',
    DestinationServiceID: 'string',
    LocalServiceAddress: 'string',
    LocalServicePort: 'int',
    MeshGateway: { fields: { Mode: 'string' } },
  },
}

const NODE: FilterType = {
  fields: {
    ID: 'string',
    Node: 'string',
    Address: 'string',
    Datacenter: 'string',
    TaggedAddresses: TEXTS,
    Meta: TEXTS,
  },
}

const SERVICE: FilterType = {
  fields: {
    Kind: 'string',
    ID: 'string',
    Service: 'string',
    Tags: TAGS,
    Address: 'string',
    TaggedAddresses: ADDRESSES,
    Meta: TEXTS,
    Port: 'int',
    Weights: WEIGHTS,
    EnableTagOverride: 'bool',
    Proxy: PROXY,
    Connect: CONNECT,
  },
}

const CHECK: FilterType = {
  fields: {
    Node: 'string',
    CheckID: 'string',
    Name: 'string',
    Status: 'string',
    Notes: 'string',
    Output: 'string',
    ServiceID: 'string',
    ServiceName: 'string',
    ServiceTags: TAGS,
    Type: 'string',
  },
}

/** What each subject has. Indexes and definitions cannot be filtered by, as in Consul. */
export const SUBJECTS: Readonly<Record<FilterSubject, FilterType>> = {
  node: NODE,
  service: SERVICE,
  check: CHECK,
  entry: { fields: { Node: NODE, Service: SERVICE, Checks: { list: CHECK } } },
  catalogService: {
    fields: {
      ID: 'string',
      Node: 'string',
      Address: 'string',
      Datacenter: 'string',
      TaggedAddresses: TEXTS,
      NodeMeta: TEXTS,
      ServiceKind: 'string',
      ServiceID: 'string',
      ServiceName: 'string',
      ServiceTags: TAGS,
      ServiceAddress: 'string',
      ServiceTaggedAddresses: ADDRESSES,
      ServiceWeights: WEIGHTS,
      ServiceMeta: TEXTS,
      ServicePort: 'int',
      ServiceEnableTagOverride: 'bool',
      ServiceProxy: PROXY,
      ServiceConnect: CONNECT,
    },
  },
}
