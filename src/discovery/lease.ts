import type { Abortable } from '../core/abort.ts'
import type { Instance } from './instance.ts'

/** What can change about a registered Instance without registering it anew. */
export type InstanceChanges = Partial<
  Pick<Instance, 'endpoints' | 'weight' | 'zone' | 'version' | 'tags' | 'metadata' | 'startedAt'>
>

/** How a drain went. */
export interface DrainReport {
  /** Whether every live watcher that can acknowledge has done so, and the quiet period for the others is over, within the limit. */
  readonly acknowledged: boolean
  /** How many watchers were waited for. */
  readonly watchers: number
  /** Who had not acknowledged when the limit was reached; empty if all did. */
  readonly missing: readonly string[]
  /** From the call to the end of the wait, in milliseconds. */
  readonly tookMs: number
}

/** How to drain. */
export interface DrainOptions extends Abortable {
  /** The longest wait for acknowledgements, in milliseconds. Default 5,000. */
  drainMs?: number
}

/** The claim of one process on one Instance. It lapses unless renewed in time. */
export interface Lease {
  /** The Instance as last written. */
  readonly instance: Instance
  readonly ttlMs: number
  /** Aborts when the claim is gone without `revoke`: it lapsed, or somebody deleted the Instance. Its reason is a `LeaseLostError`. */
  readonly lost: AbortSignal
  /** Extends the claim by its TTL. Rejects with `LeaseLostError` when it is gone: register again. */
  renew(options?: Abortable): Promise<void>
  /** Changes the Instance in place. Rejects with `LeaseLostError`, changing nothing, when the claim is gone. */
  update(changes: InstanceChanges, options?: Abortable): Promise<void>
  /**
   * Marks the Instance draining and waits until every live watcher of its service has acknowledged it, or the limit. Resolves with how
   * it went; a second call waits again. There is no way back from draining but to register again.
   */
  drain(options?: DrainOptions): Promise<DrainReport>
  /** Gives the claim up: the Instance is gone when this resolves. Not an error when it was gone already. */
  revoke(options?: Abortable): Promise<void>
}
