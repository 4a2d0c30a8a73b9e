import { hostname } from 'node:os'
import type { AclAccess } from './acl/acl-access.ts'
import type { ScriptChecks } from './agent/agent.ts'
import type { KvLimits } from './kv/kv-store.ts'

/** How the registry shows itself to clients of Consul. All fields have defaults. */
export interface ConsulOptions {
  /** Default: the name of this machine. */
  readonly nodeName?: string | undefined
  /** A UUID. Default: one that is kept with the data. */
  readonly nodeId?: string | undefined
  /** What this node says of itself, beside what Consul's nodes say. Default: nothing. */
  readonly nodeMeta?: Readonly<Record<string, string>> | undefined
  /** Default `dc1`. */
  readonly datacenter?: string | undefined
  /** The address of this node, where its services have none of their own. Default `127.0.0.1`. */
  readonly address?: string | undefined
  /** Where clients are served, as the agent tells of itself. Default `127.0.0.1`. */
  readonly clientAddresses?: readonly string[] | undefined
  /** The port told to be the servers'; nobody listens there. Default 8300. */
  readonly serverPort?: number | undefined
  /** The ports told to be those of the gossip, within the data centre and between them; nobody listens there. Default: the two after that of the servers. */
  readonly gossipPorts?: GossipPorts | undefined
  /** Whether checks may run commands, by whoever registers them; `configured`: those of `definitions` alone. Default false. */
  readonly scriptChecks?: ScriptChecks | undefined
  /** What is registered at the agent at each start, as the API takes it. Default: nothing. */
  readonly definitions?: ConsulDefinitions | undefined
  /** Reads `definitions` again, when a client or a signal asks for that; what it throws is told to who asked. Default: they stay as they are. */
  readonly reload?: (() => ConsulDefinitions) | undefined
  /** Ends the process in an orderly way, when a client asks for that. Default: that is refused. */
  readonly leave?: (() => void) | undefined
  /** Fewer keys, and bytes of values in Base64, than docs/reference/consul-api.md says. Default: as it says. */
  readonly kvLimits?: KvLimits | undefined
  /** Lets in by tokens that are managed by `/v1/acl`; the daemon has to go by it too. Default: there are none. */
  readonly acl?: AclAccess | undefined
  /** Whether every answer is indented, as in Consul's development mode. Default false. */
  readonly indented?: boolean | undefined
}

/** Where Consul's agents would gossip. */
export interface GossipPorts {
  readonly lan: number
  readonly wan: number
}

/** Services and checks, as bodies of `/v1/agent/service/register` and `/v1/agent/check/register`. */
export interface ConsulDefinitions {
  readonly services: readonly object[]
  readonly checks: readonly object[]
}

/** The same with its defaults. The id of the node may be in the data. */
export type ConsulSettings = Required<{
  readonly [K in keyof Omit<ConsulOptions, Open>]: Exclude<ConsulOptions[K], undefined>
}> &
  Pick<ConsulOptions, Open>

/** What may be left open. */
type Open = 'nodeId' | 'acl' | 'kvLimits' | 'reload' | 'leave'

/** The version of Consul that this API is that of. */
export const CONSUL_VERSION = '1.8.7'

/** Fills in the defaults. */
export function consulSettings(options: ConsulOptions): ConsulSettings {
  const { serverPort = 8300 } = options
  return {
    nodeName: options.nodeName ?? hostname(),
    nodeId: options.nodeId,
    acl: options.acl,
    reload: options.reload,
    leave: options.leave,
    nodeMeta: options.nodeMeta ?? {},
    kvLimits: options.kvLimits,
    datacenter: options.datacenter ?? 'dc1',
    address: options.address ?? '127.0.0.1',
    clientAddresses: options.clientAddresses ?? ['127.0.0.1'],
    serverPort,
    gossipPorts: options.gossipPorts ?? { lan: serverPort + 1, wan: serverPort + 2 },
    scriptChecks: options.scriptChecks ?? false,
    indented: options.indented ?? false,
    definitions: options.definitions ?? { services: [], checks: [] },
  }
}
