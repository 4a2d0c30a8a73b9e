/** `ropewalk/adapters/daemon`: a registry daemon as a Registry, and its administration. */
export type { Connection, ConnectionEnd, ConnectionListener, Dial } from './connection.ts'
export { RegistryRefusedError, SessionEndedError } from './errors.ts'
export { DaemonRegistry, type DaemonRegistryOptions } from './registry.ts'
