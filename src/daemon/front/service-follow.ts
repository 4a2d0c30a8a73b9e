import { timeLimit, type Abortable } from '../../core/abort.ts'
import type { Clock } from '../../core/clock.ts'
import { publish } from '../../core/event.ts'
import type { Random } from '../../core/random.ts'
import type { InstanceSet } from '../../discovery/instance-set.ts'
import type { Registry } from '../../discovery/registry.ts'
import type { MirroredRosters } from '../../discovery/store/mirrored-rosters.ts'
import type { BackendHealth } from './backend-health.ts'
import { readOn } from './read-on.ts'

/** What a ServiceFollow works with. */
export interface ServiceFollowInit {
  readonly serviceName: string
  readonly registry: Registry
  readonly rosters: MirroredRosters
  readonly health: BackendHealth
  readonly clock: Clock
  readonly random: Random
}

/** How long a writer is kept waiting for what it wrote to be told here, in milliseconds. */
const SHOWN_MS = 2_000

/** The longest wait for those below to work with a draining mark: whoever drains has a limit of its own. */
const DRAIN_MS = 60 * 60_000

/**
 * One service of the backend, followed for all who read it here. It is read twice: one reader shows every set at once, the other, by reading on,
 * acknowledges to the backend what all who watch here have acknowledged. Only a set with somebody draining is waited for; no drain waits for
 * another. The backend's Registry shares one watch between the two.
 */
export class ServiceFollow {
  readonly #init: ServiceFollowInit
  readonly #stopping = new AbortController()
  readonly #told = Promise.withResolvers<void>()
  /** The look at the backend that is under way or was made last, and the one that is to follow it. */
  #look: Promise<void> = Promise.resolve()
  #nextLook: Promise<void> | undefined
  /** What was told last, since the watch was opened. */
  #newest: InstanceSet | undefined
  /** Until when it is kept though nobody watches. */
  keptUntil = 0

  constructor(init: ServiceFollowInit) {
    this.#init = init
    this.#told.promise.catch(ignore)
    void this.#run(sets => this.#show(sets))
    void this.#run(sets => this.#acknowledge(sets))
  }

  /** Resolves with the first set; rejects when it is stopped before that. */
  get told(): Promise<void> {
    return this.#told.promise
  }

  /**
   * Resolves when everything is told that was written through the backend's Registry until now, as the first set of a watch that begins now shows it; or
   * soon when that does not come. Who asks while a look is under way shares the next one.
   */
  shown(): Promise<void> {
    this.#nextLook ??= this.#look = this.#look.then(() => {
      this.#nextLook = undefined
      return this.#lookOnce()
    })
    return this.#nextLook
  }

  /** Ends it. Harmless a second time. */
  stop(reason: Error): void {
    this.#stopping.abort(reason)
    this.#told.reject(reason)
  }

  async #run(read: (sets: AsyncIterable<InstanceSet>) => Promise<void>): Promise<void> {
    const { registry, serviceName, health, clock, random } = this.#init
    const { signal } = this.#stopping
    await readOn(() => read(registry.watch(serviceName, { signal })), {
      signal,
      clock,
      random,
      onEnd(error) {
        health.failed(error)
        const message = `The service ${serviceName} cannot be followed in the backend: ${error.message}`
        publish('daemon', { level: 'warn', event: 'backend.unfollowed', message, serviceName, error })
      },
    })
  }

  async #lookOnce(): Promise<void> {
    const { registry, serviceName, clock } = this.#init
    using limit = timeLimit(clock, SHOWN_MS, this.#stopping)
    try {
      for await (const set of registry.watch(serviceName, limit)) return this.#tell(set)
    } catch {
      // What is wrong with the backend the watch tells, and what is told late is told all the same.
    }
  }

  async #show(sets: AsyncIterable<InstanceSet>): Promise<void> {
    this.#newest = undefined
    for await (const set of sets) this.#tell(set)
  }

  /** Of two readers one may come with what the other has told already, or with less. */
  #tell(set: InstanceSet): void {
    const { rosters, health } = this.#init
    const newest = this.#newest
    if (this.#stopping.signal.aborted || set === newest || set.revision < (newest?.revision ?? 0)) return
    this.#newest = set
    if (set.stale) health.failed()
    else health.answered()
    rosters.tell(set)
    this.#told.resolve()
  }

  async #acknowledge(sets: AsyncIterable<InstanceSet>): Promise<void> {
    const { signal } = this.#stopping
    for await (const set of sets) if (set.instances.some(isDraining)) await this.#acknowledged(set, { signal })
  }

  async #acknowledged({ serviceName, revision }: InstanceSet, { signal }: Abortable): Promise<void> {
    await this.#init.rosters.drain(serviceName, { revision, drainMs: DRAIN_MS, signal })
  }
}

function isDraining({ status }: InstanceSet['instances'][number]): boolean {
  return status === 'draining'
}

function ignore(): void {}
