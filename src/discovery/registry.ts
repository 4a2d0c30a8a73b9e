import type { Abortable } from '../core/abort.ts'
import type { Instance } from './instance.ts'
import type { InstanceSet, ServiceNames } from './instance-set.ts'
import type { Lease } from './lease.ts'

/** How to register. */
export interface RegisterOptions extends Abortable {
  /** The claim lapses when not renewed for this long, in milliseconds. Default 15,000; at least 1,000 with most registries. */
  ttlMs?: number
  /**
   * On whose behalf, where several processes may register for the same one, such as the fronts of a registry: what is registered on behalf of the same is
   * no conflict, but taken over, and lost to the other process. Everybody who reads the registry may see it. Default: this process.
   * Registries that cannot tell ignore it.
   */
  holder?: string
}

/**
 * Where Instances are kept, whichever system keeps them.
 *
 * `watch` and `services` yield the *whole* newest state: once at once, then once per change, coalesced while the reader is busy, with
 * revisions that only grow. Nothing is missed: whatever happens to the connection, the reader ends at the final state. They ask
 * again by themselves when the registry is away and end only by the signal (rejecting with its reason), by `break`, or by
 * `close()` (rejecting with `RegistryClosedError`).
 *
 * A watch yields one set per change of the set *or of what it is worth*: when the registry is lost, the last set comes again with
 * `stale: true`; when it is back, with `stale: false`; when a restarted registry can vouch for it, with `settled: true`. The revision
 * then stays the same; otherwise no revision comes twice. A registry that is absent when the watch opens yields nothing until it appears.
 * The first set shows everything that was written through the same Registry, and answered, before the watch was opened, unless it is `stale`.
 *
 * **Reading on is acknowledging**: calling `next()` after a set tells the registry that this reader works with that set from now on.
 * A drain waits for it.
 */
export interface Registry {
  /**
   * Makes `instance` findable and keeps it so while the Lease is renewed. Resolves when the registry has it. Rejects with
   * `InstanceConflictError` when another live process holds the same id, with `InvalidInstanceError` when a field is out of its
   * limits, with `RegistryUnavailableError` when the registry cannot be reached.
   */
  register(instance: Instance, options?: RegisterOptions): Promise<Lease>
  watch(serviceName: string, options?: Abortable): AsyncIterable<InstanceSet>
  services(options?: Abortable): AsyncIterable<ServiceNames>
  /** Lets everything go: leases lapse or are revoked as the registry does it, watches end. A second call joins the first. */
  close(): Promise<void>
}
