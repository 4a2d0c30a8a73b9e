/** `ropewalk/adapters/zookeeper`: ZooKeeper as a Registry, in the layout of Apache Curator's service discovery. */
export type { Connection, ConnectionListener, Dial, DialOptions, ZookeeperServer, ZookeeperTls } from './connection.ts'
export type { ZookeeperErrorName } from './error-names.ts'
export {
  ZookeeperAccessError,
  ZookeeperConnectionError,
  ZookeeperProtocolError,
  ZookeeperRefusedError,
  ZookeeperSessionExpiredError,
} from './errors.ts'
export type { PayloadOf } from './service-instance.ts'
export { ZookeeperRegistry, type ZookeeperRegistryOptions } from './registry.ts'
