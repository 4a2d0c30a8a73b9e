/** `ropewalk/adapters/daemon`: a registry daemon as a Registry, and its administration. */
export type * from '../../protocol/rest.ts'
export {
  DaemonAdmin,
  type AdminDrainOptions,
  type DaemonAdminOptions,
  type HolderOptions,
  type InstanceSelector,
} from './admin.ts'
export type { Connection, ConnectionEnd, ConnectionListener, DaemonHost, DaemonTls, Dial } from './connection.ts'
export { AmbiguousInstanceError, RegistryRefusedError, SessionEndedError, UnknownInstanceError } from './errors.ts'
export { DaemonRegistry, type DaemonRegistryOptions } from './registry.ts'
