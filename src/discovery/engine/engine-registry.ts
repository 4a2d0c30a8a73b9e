import { randomUUID } from 'node:crypto'
import { abortable, timeLimit, type Abortable } from '../../core/abort.ts'
import { systemClock, type Clock } from '../../core/clock.ts'
import { systemRandom, type Random } from '../../core/random.ts'
import { createInstance, validateServiceName } from '../create-instance.ts'
import { InvalidInstanceError, RegistryClosedError } from '../errors.ts'
import type { Instance } from '../instance.ts'
import type { InstanceSet, ServiceNames } from '../instance-set.ts'
import type { Lease } from '../lease.ts'
import type { RegisterOptions, Registry } from '../registry.ts'
import { STORE_LIMITS } from '../store/limits.ts'
import { Calls } from './calls.ts'
import type { Engine, InstanceKey } from './engine.ts'
import { EngineEpochs } from './engine-epochs.ts'
import { EngineLeases } from './engine-leases.ts'
import { EngineNamesWatch } from './engine-names-watch.ts'
import { EngineWatch } from './engine-watch.ts'
import type { FollowerContext } from './follower.ts'
import { Reachability } from './reachability.ts'
import { ReaderNote } from './reader-note.ts'

/** A claim lapses after this long unless asked otherwise. */
const TTL_MS = 15_000

/** How long an engine may take to let go of everything when the Registry is closed, in milliseconds. */
const CLOSE_MS = 2_000

/** What is the same for every engine; each field has a default. */
export interface EngineRegistrySettings {
  clock?: Clock | undefined
  random?: Random | undefined
  /** Who this is, for people: a drain that waits in vain names it. Default `ropewalk`. */
  clientName?: string | undefined
  /** The longest wait for an answer, attempts to reach the engine included, in milliseconds. Default 5,000. */
  requestMs?: number | undefined
  /**
   * How much longer a drain waits when all that left a note have acknowledged, in milliseconds: for consumers that leave none, such as
   * other programs that read the engine. Default 0; 2,000 with an engine that takes no notes.
   */
  quietMs?: number | undefined
  /** How long sets are not settled after the engine has lost its data or was out of reach, in milliseconds. Default 15,000. */
  settleMs?: number | undefined
  /** How often everything that is watched is read anew though all looks well, in milliseconds, give or take a fifth. Default 300,000. */
  resyncMs?: number | undefined
}

/**
 * An engine as a Registry. Usable once constructed: it connects with the first use. Everything it watches it follows once, however many
 * read it; everything it holds it renews, changes and revokes in turn, and takes back itself when it was not renewed in time.
 */
export class EngineRegistry implements Registry {
  readonly #engine: Engine
  readonly #context: FollowerContext
  readonly #calls: Calls
  readonly #leases: EngineLeases
  readonly #epochs: EngineEpochs
  readonly #reader = { reader: randomUUID(), name: 'ropewalk' }
  readonly #closing = new AbortController()
  readonly #watches = new Map<string, EngineWatch>()
  /** The ends of watches that have no reader any more, until they have come. */
  readonly #ending = new Map<string, Promise<void>>()
  #names: EngineNamesWatch | undefined
  #namesEnded: Promise<void> = Promise.resolve()
  #closed: Promise<void> | undefined

  constructor(engine: Engine, settings: EngineRegistrySettings = {}) {
    const { clock = systemClock, random = systemRandom, clientName = 'ropewalk', requestMs = 5_000 } = settings
    const { settleMs = 15_000, resyncMs = 300_000, quietMs = engine.notes ? 0 : 2_000 } = settings
    const { url } = engine
    const reachability = new Reachability(url, clock)
    this.#engine = engine
    this.#reader.name = clientName
    this.#context = { url, clock, random, reachability, firstMs: 2 * requestMs, resyncMs }
    this.#calls = new Calls({ url, clock, random, reachability, closing: this.#closing.signal, requestMs })
    const onWritten = ({ serviceName }: InstanceKey, revision: number) =>
      this.#watches.get(serviceName)?.wrote(revision)
    this.#leases = new EngineLeases({ engine, calls: this.#calls, context: this.#context, quietMs, onWritten })
    this.#epochs = new EngineEpochs({ clock, settleMs, onLoss: () => this.#leases.verifyAll() })
  }

  async register(instance: Instance, { ttlMs = TTL_MS, holder, signal }: RegisterOptions = {}): Promise<Lease> {
    this.#requireUsable(signal)
    const valid = createInstance({ ...instance, status: 'ready' })
    requireTtl(ttlMs)
    return this.#leases.register(valid, { ttlMs, holder, signal })
  }

  async *watch(serviceName: string, { signal }: Abortable = {}): AsyncGenerator<InstanceSet, void, void> {
    validateServiceName(serviceName)
    this.#requireUsable(signal)
    yield* this.#watch(serviceName).read({ signal })
  }

  async *services({ signal }: Abortable = {}): AsyncGenerator<ServiceNames, void, void> {
    this.#requireUsable(signal)
    yield* this.#sharedNames().read({ signal })
  }

  /** Lets go of all that is registered through this object, and ends its watches; what the engine cannot be told within 2 s lapses. */
  async close(): Promise<void> {
    this.#closed ??= this.#close()
    await this.#closed
  }

  async #close(): Promise<void> {
    const error = new RegistryClosedError()
    this.#closing.abort(error)
    for (const watch of this.#watches.values()) watch.close(error)
    this.#names?.close(error)
    using limit = timeLimit(this.#context.clock, CLOSE_MS)
    const ends = [...this.#watches.values()].map(({ ended }) => ended)
    const underWay = [...ends, ...this.#ending.values(), this.#leases.close()]
    await abortable(Promise.allSettled(underWay), limit.signal).catch(ignore)
    await abortable(this.#engine.close(limit), limit.signal).catch(ignore)
  }

  #watch(serviceName: string): EngineWatch {
    const existing = this.#watches.get(serviceName)
    if (existing) return existing
    const watch = new EngineWatch(
      {
        serviceName,
        engine: this.#engine,
        context: this.#context,
        epochs: this.#epochs,
        note: this.#note(serviceName),
        onGone: gone => this.#leases.verify(gone),
        onIdle: () => this.#retire(serviceName, watch),
      },
      this.#ending.get(serviceName) ?? Promise.resolve(),
    )
    this.#watches.set(serviceName, watch)
    return watch
  }

  /** A watch of the same service begins when this one has ended: its note must not be taken away by the end of the other. */
  #retire(serviceName: string, watch: EngineWatch): void {
    if (this.#watches.get(serviceName) === watch) this.#watches.delete(serviceName)
    const ended = watch.ended.finally(() => {
      if (this.#ending.get(serviceName) === ended) this.#ending.delete(serviceName)
    })
    this.#ending.set(serviceName, ended)
  }

  #note(serviceName: string): ReaderNote | undefined {
    const { notes } = this.#engine
    return notes && new ReaderNote({ serviceName, ...this.#reader, notes, calls: this.#calls })
  }

  #sharedNames(): EngineNamesWatch {
    if (this.#names) return this.#names
    const names = new EngineNamesWatch(
      {
        engine: this.#engine,
        context: this.#context,
        epochs: this.#epochs,
        onIdle: () => {
          if (this.#names === names) this.#names = undefined
        },
      },
      this.#namesEnded,
    )
    this.#namesEnded = names.ended
    this.#names = names
    return names
  }

  #requireUsable(signal: AbortSignal | undefined): void {
    this.#closing.signal.throwIfAborted()
    signal?.throwIfAborted()
  }
}

function requireTtl(ttlMs: number): void {
  const { ttlMsMin, ttlMsMax } = STORE_LIMITS
  if (ttlMs >= ttlMsMin && ttlMs <= ttlMsMax) return
  throw new InvalidInstanceError('ttlMs', ttlMs, `${ttlMsMin} to ${ttlMsMax} milliseconds`)
}

function ignore(): void {}
