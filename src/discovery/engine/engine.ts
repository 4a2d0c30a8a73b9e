import type { Instance } from '../instance.ts'

/** What names an Instance. */
export type InstanceKey = Pick<Instance, 'serviceName' | 'id'>

/**
 * A system that keeps Instances and knows nothing of Ropewalk (etcd, ZooKeeper, Consul), as one adapter shows it. An `EngineRegistry`
 * makes a Registry of it, and does once for all engines what each would do alike: it validates, shares one `follow` of a service among
 * all its readers, takes turns, retries, keeps time, drains. What is left to an Engine is to say and to hear, exactly.
 *
 * **Constructed means usable**: it connects with the first use, and again after that whenever it is used; the EngineRegistry retries.
 *
 * **Errors.** What cannot reach the engine, or not in time, rejects with `RegistryUnavailableError` (its `cause` the reason); that alone
 * is tried again. A claim that is gone rejects with `LeaseLostError`, an id somebody else holds with `InstanceConflictError`. Anything
 * else (rights, quotas, limits) is a typed error of the adapter and goes to the caller as it is.
 *
 * **Signals.** Every call has one, which aborts at a limit of time at the latest (what is followed has none): it then rejects soon with the signal's reason. Whether
 * a write took effect is open then, and may even take effect later; the EngineRegistry writes or revokes again, which is why every
 * write is idempotent and touches nothing but what its own claim wrote. It must not take effect, though, after a later call of the same claim
 * has been answered: one connection keeps the order, and else a condition on what was written last does.
 */
export interface Engine {
  /** The engine as people write it, without secrets, for errors and events: `etcd://10.0.0.1:2379`. */
  readonly url: string
  /** Who watches what; undefined where the engine, or the rights there, do not allow for notes. */
  readonly notes: EngineNotes | undefined
  /** A claim on `key`; nothing is written before `take`. There is one claim at a time for a key. */
  claim(key: InstanceKey): EngineClaim
  /**
   * The whole state of a service at once, no older than the call, then the whole state per change, coalesced while the reader is busy; nothing is missed
   * between. Throws when the engine is lost, when something may have been missed, and when the notes of this process may have lapsed:
   * the EngineRegistry puts its note and opens it again. Opened at most once at a time for a service name.
   */
  follow(serviceName: string, options: EngineCall): AsyncIterable<EngineSet>
  /** The same of the names of services. */
  followNames(options: EngineCall): AsyncIterable<EngineNames>
  /**
   * Gives up at once all that claims and notes of this object have put there, and every connection. Nothing else is under way when it
   * is called, and nothing follows; what cannot be told before the signal aborts lapses. Resolves in any case.
   */
  close(options: EngineCall): Promise<void>
}

/** How every call of an Engine is made: its signal is always there, and has a limit. */
export interface EngineCall {
  readonly signal: AbortSignal
}

/**
 * The claim of this process on the record of one Instance. The calls of one claim never overlap, and those of the next claim on the same
 * key begin after those of this one have been answered or given up.
 */
export interface EngineClaim {
  /** Aborts when the engine tells by itself that the claim is gone, as at the end of a session. May never abort: `renew` finds out. */
  readonly lost: AbortSignal
  /**
   * Creates the record or, if this process has it, overwrites it, and has it lapse `ttlMs` (another one than before, perhaps) after it
   * was last renewed, or somewhat later. Rejects with `InstanceConflictError` when another *live* process has it. What an earlier claim of
   * this object left behind is no conflict, nor what has lapsed, nor what another process has on behalf of the same `holder`; all are taken over. Marks the service name as known.
   *
   * Resolves with the revision of the write: every set of that revision or a newer one shows it, and none before. Who opens a watch in this process after that
   * waits for a set of it. An engine that would have to ask for it may resolve with `Infinity` unless the Instance is draining: the watch is opened anew then.
   */
  take(instance: Instance, options: TakeOptions): Promise<number>
  /** Changes the record. Rejects with `LeaseLostError`, changing nothing, when it is gone or another's. Resolves as `take` does. */
  write(instance: Instance, options: EngineCall): Promise<number>
  /**
   * Has the record stand for its TTL from now on; no follower hears of it. Rejects with `LeaseLostError` when it is gone or another's,
   * though the session that held it may live: so the deletion by somebody else is found out.
   */
  renew(options: EngineCall): Promise<void>
  /**
   * Removes the record if it is still this claim's. Not an error when it is gone already, or another's. May be called again, and before `take`. Resolves as
   * `take` does, with the revision from which on no set shows it; 0 when there was nothing to remove, `Infinity` when that has become of it before.
   */
  revoke(options: EngineCall): Promise<number>
}

/** How a record is taken. */
export interface TakeOptions extends EngineCall {
  readonly ttlMs: number
  /** On whose behalf; see `RegisterOptions`. An engine that cannot keep that with the record passes over it. */
  readonly holder?: string | undefined
}

/** What an engine knows of one service at one moment. */
export interface EngineSet {
  /**
   * Names the data: an id that the adapter keeps in the engine (created once, where it is absent). Another epoch means that the data
   * was lost and began anew.
   */
  readonly epoch: string
  /**
   * The engine's own revision. It grows with every change of the service, removals and lapses included, though it may grow without
   * one; two processes that are told the same revision are told the same state. A set is told as well when changes have led back to the
   * same state unseen: who drains waits for the revision. A set of an older revision in the same epoch is taken for an old answer
   * and passed over; an adapter that knows better (as of an engine restored from a copy) says another epoch.
   */
  readonly revision: number
  /** Whether there ever was an Instance of this name in this epoch: a mark that outlives the Instances. */
  readonly known: boolean
  /**
   * In the order of their ids (as `<` compares strings). What has not changed is the same object as before, which a `SortedInstances`
   * helps with. Made by `createInstance`; what is not valid is left out, and told of by an event. Never changed afterwards.
   */
  readonly instances: readonly Instance[]
}

/** The names of services that an engine knows. */
export interface EngineNames {
  readonly epoch: string
  readonly revision: number
  /** In order, of every service that is `known`. */
  readonly names: readonly string[]
}

/**
 * Notes that processes leave in the engine on which services they watch, so that a drain can wait for them. A note is ephemeral: it is
 * kept as long as this process lives and is gone within a TTL of the adapter's own when it dies or is cut off.
 */
export interface EngineNotes {
  /** Writes or overwrites the note of a reader. Told before the first set of a service is asked for, and again when a drain may wait for it. */
  put(serviceName: string, note: EngineNote, options: EngineCall): Promise<void>
  /** Not an error when it is gone. */
  remove(serviceName: string, reader: string, options: EngineCall): Promise<void>
  /** All notes on a service at once, then again per change; throws when the engine is lost. In any order. */
  follow(serviceName: string, options: EngineCall): AsyncIterable<readonly EngineNote[]>
}

/** Says that a process watches a service. */
export interface EngineNote {
  /** Names the process for programs: unique, printable, without `/`. */
  readonly reader: string
  /** Names the process for people. */
  readonly name: string
  /** The newest revision of the engine that all readers in that process work with; 0 before the first. */
  readonly revision: number
}
