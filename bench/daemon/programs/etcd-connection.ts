import { EtcdClient } from './etcd-client.ts'
import { GrpcJsClient } from './grpc-js-client.ts'

/** As much of etcd as a registry needs, over one connection. */
export interface EtcdConnection {
  /** Writes a key that lives as long as `lease`. */
  put(key: string, value: string, lease: number): Promise<void>
  /** Makes the lease with the id `lease`. */
  grant(lease: number, ttlSeconds: number): Promise<void>
  /** Ends `lease` and deletes its keys. */
  revoke(lease: number): Promise<void>
  /** Opens a stream of renewals of `lease`; each call renews once and resolves with the reply. */
  keepAlive(lease: number): () => Promise<void>
  /** Calls `onChange` for what comes of changes to keys that begin with `prefix`, as it comes. Resolves once the watch is established. */
  watch(prefix: string, onChange: (response: Buffer) => void): Promise<void>
}

/** Which client: one from npm, or the barest there can be. */
export type EtcdClientKind = 'grpc-js' | 'bare'

/** Connects to the etcd on this port of the loopback interface. */
export async function connectEtcd(kind: EtcdClientKind, port: number): Promise<EtcdConnection> {
  return kind === 'bare' ? EtcdClient.connect(port) : new GrpcJsClient(port)
}
