import type { InstanceChanges } from '../discovery/lease.ts'
import type { WireInstance } from './wire-instance.ts'

/** Names one instance. */
export interface InstanceKey {
  readonly service: string
  readonly id: string
}

/**
 * What a client tells a daemon. Messages with `seq` are requests: the daemon answers each with exactly one `ok`, `drained` or `error`
 * of the same `seq`, not necessarily in order. `seq` is a whole number of the client's choice, unique within the connection.
 */
export type ClientMessage =
  | HelloMessage
  | RegisterMessage
  | UpdateMessage
  | DrainMessage
  | RevokeMessage
  | RenewMessage
  | WatchMessage
  | UnwatchMessage
  | AcknowledgeMessage
  | WatchNamesMessage
  | UnwatchNamesMessage
  | ByeMessage

/** The first message of every connection, once. The daemon answers with `welcome`, or closes. */
export interface HelloMessage {
  readonly type: 'hello'
  /** `PROTOCOL_VERSION` of the client. */
  readonly protocol: number
  /**
   * Chosen at random by the client, 16 to 64 characters, the same for the life of the process: whoever says it again on a new connection
   * *resumes* and keeps its instances. Not a secret to be shown: who knows it can take them over.
   */
  readonly session: string
  /** Who this is, for people: a drain that waits names it. */
  readonly client: { readonly name: string; readonly pid: number; readonly host: string }
  /**
   * Every instance the client holds or has asked to register. What the daemon has for this session beyond these was given up by a
   * `revoke` that got lost, and is removed; what it does not have is missing from `welcome.held` and must be registered again.
   */
  readonly held: readonly InstanceKey[]
}

/** Registers an instance, or writes it anew if this session holds it already. Errors: conflict, invalid, limit, storage. */
export interface RegisterMessage {
  readonly type: 'register'
  readonly seq: number
  readonly service: string
  /** Its `status` is ignored: the daemon decides it. */
  readonly instance: WireInstance
  /** How long a silent heartbeat is tolerated, in milliseconds. */
  readonly ttlMs: number
}

/** Changes an instance this session holds, in place. Errors: lease lost, invalid, storage. */
export interface UpdateMessage extends InstanceKey {
  readonly type: 'update'
  readonly seq: number
  readonly changes: InstanceChanges
}

/** Marks an instance draining; answered with `drained` when all watchers know, or after `drainMs`. Errors: lease lost. */
export interface DrainMessage extends InstanceKey {
  readonly type: 'drain'
  readonly seq: number
  readonly drainMs: number
}

/** Takes an instance out. Answered with `ok` even if it was gone already. */
export interface RevokeMessage extends InstanceKey {
  readonly type: 'revoke'
  readonly seq: number
}

/** The heartbeat: extends every lease of this session by its TTL. Leases that were lost were told by `lost` before its `ok`. */
export interface RenewMessage {
  readonly type: 'renew'
  readonly seq: number
  /** How long ago the process's main loop was last seen to run, where something else than the main loop sends this. Default 0. */
  readonly lagMs?: number
}

/**
 * Asks for the instances of a service: the daemon sends a `set` (or, where it can resume, a `delta`) at once and one message per change
 * from then on. A session has one watch per service; asking again starts it anew.
 */
export interface WatchMessage {
  readonly type: 'watch'
  readonly service: string
  /** The revision the client holds from before, if any, and the epoch it was of: the daemon then sends only what has changed since. */
  readonly epoch?: string
  readonly revision?: number
  /**
   * The revision of that epoch that all readers in this process work with already (see `ack`); it may be older than the one received.
   * Absent: none of them works with an older set than the one the daemon is about to send.
   */
  readonly acknowledged?: number
}

/** Ends the watch of a service; harmless if there is none. */
export interface UnwatchMessage {
  readonly type: 'unwatch'
  readonly service: string
}

/**
 * Everybody in this process who reads the watch works with this revision, or a newer one, from now on. Only drains wait for it: what brings no
 * draining instance may be acknowledged later, once for many changes.
 */
export interface AcknowledgeMessage {
  readonly type: 'ack'
  readonly service: string
  readonly revision: number
}

/** Asks for all service names: the daemon sends `names` at once and whenever they change. */
export interface WatchNamesMessage {
  readonly type: 'watch-names'
}

/** Ends `watch-names`. */
export interface UnwatchNamesMessage {
  readonly type: 'unwatch-names'
}

/** Goodbye: everything this session holds is revoked, and the daemon closes the connection with 1000 when that is done. */
export interface ByeMessage {
  readonly type: 'bye'
}
