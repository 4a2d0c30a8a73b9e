/** `ropewalk/adapters/etcd`: etcd as a Registry. */
export {
  EtcdAccessError,
  EtcdCompactedError,
  EtcdLeaseNotFoundError,
  EtcdNodeError,
  EtcdRefusedError,
  EtcdSpaceError,
  EtcdTokenError,
} from './errors.ts'
export type { EtcdTls } from './node.ts'
export { EtcdRegistry, type EtcdRegistryOptions } from './registry.ts'
export type { EtcdUser } from './token.ts'
