import type { DrainReport } from '../discovery/lease.ts'
import type { InstanceKey } from './client-message.ts'
import type { WireChange, WireInstance } from './wire-instance.ts'

/** What a daemon tells a client. */
export type ServerMessage =
  | WelcomeMessage
  | OkMessage
  | DrainedMessage
  | ErrorMessage
  | LostMessage
  | DeniedMessage
  | SetMessage
  | DeltaMessage
  | NamesMessage

/** The answer to `hello`. */
export interface WelcomeMessage {
  readonly type: 'welcome'
  /** The version of the protocol spoken from here on. */
  readonly protocol: number
  /** Names the daemon's data: another epoch means that it lost them, and that revisions of the old one cannot be resumed. */
  readonly epoch: string
  readonly server: { readonly name: string; readonly version: string }
  /** The daemon pings this often, in milliseconds. A client that hears nothing for three times as long should connect anew. */
  readonly pingMs: number
  /** How long the instances of a lost connection are kept as `suspect`, in milliseconds: resume within this time. */
  readonly graceMs: number
  /** Which of `hello.held` this session still holds. */
  readonly held: readonly InstanceKey[]
}

/** A request was done. What it changed survives a restart if the daemon keeps its data on disk. */
export interface OkMessage {
  readonly type: 'ok'
  readonly seq: number
}

/** The answer to `drain`. */
export interface DrainedMessage {
  readonly type: 'drained'
  readonly seq: number
  readonly report: DrainReport
}

/** A request was refused; nothing was changed. */
export interface ErrorMessage {
  readonly type: 'error'
  readonly seq: number
  /** As in docs/reference/errors.md: `ERR_INSTANCE_CONFLICT`, `ERR_INVALID_INSTANCE`, `ERR_LEASE_LOST`, `ERR_REGISTRY_LIMIT`, `ERR_JOURNAL`. */
  readonly code: string
  readonly message: string
}

/** An instance this session held is gone without its `revoke`. */
export interface LostMessage extends InstanceKey {
  readonly type: 'lost'
  /** Why: `lapsed`, `disconnected`, `replaced`, `removed`, … */
  readonly cause: string
}

/** A service may not be watched with the rights of this session, or a front follows as many as it may: nothing is told of it. */
export interface DeniedMessage {
  readonly type: 'denied'
  readonly service: string
  /** `ERR_FORBIDDEN`, `ERR_REGISTRY_LIMIT`. */
  readonly code: string
  readonly message: string
}

/** The whole set of a service: replaces what the client held. */
export interface SetMessage {
  readonly type: 'set'
  readonly service: string
  readonly revision: number
  /** See `InstanceSet.known`. */
  readonly known: boolean
  /** See `InstanceSet.settled`. */
  readonly settled: boolean
  /** See `InstanceSet.stale`: this daemon is a front, and cannot reach the registry behind it. False if absent. */
  readonly stale?: boolean
  /** In the order of their ids. */
  readonly instances: readonly WireInstance[]
}

/**
 * What changed in a service from one revision to a later one. `from` is always the revision of the client's last `set` or `delta`; a
 * client that holds another one must `watch` again. `from` = `to` and nothing else when only `known` or `settled` changed, or to say
 * that a resumed watch is current.
 */
export interface DeltaMessage {
  readonly type: 'delta'
  readonly service: string
  readonly from: number
  readonly to: number
  readonly known: boolean
  readonly settled: boolean
  /** As in `set`. */
  readonly stale?: boolean
  /** New instances, and those that are others under the same id, whole. Empty if absent. */
  readonly put?: readonly WireInstance[]
  /** What changed of instances that the client has. Empty if absent. */
  readonly changed?: readonly WireChange[]
  /** Ids of instances that are gone. Empty if absent. */
  readonly gone?: readonly string[]
}

/** All service names, in order. */
export interface NamesMessage {
  readonly type: 'names'
  readonly revision: number
  readonly names: readonly string[]
  /** Whether names were left out that may not be read. False if absent. */
  readonly filtered?: boolean
}
