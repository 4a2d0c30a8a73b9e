import { abortable, timeLimit } from '../../core/abort.ts'
import type { Clock, Timer } from '../../core/clock.ts'
import type { Random } from '../../core/random.ts'
import { isServiceName } from '../../discovery/create-instance.ts'
import { RegistryClosedError, RegistryUnavailableError } from '../../discovery/errors.ts'
import type { ServiceNames } from '../../discovery/instance-set.ts'
import { StoreLimitError } from '../../discovery/store/limits.ts'
import type { MirroredRosters, MirrorSource } from '../../discovery/store/mirrored-rosters.ts'
import { RateLimit } from '../rate-limit.ts'
import type { Backend } from './backend.ts'
import type { BackendHealth } from './backend-health.ts'
import { LookupRateError } from './errors.ts'
import { readOn } from './read-on.ts'
import { ServiceFollow } from './service-follow.ts'

const FOLLOWED_MAX = 20_000

/** How long a service is followed after it was last read, when nobody watches it, in milliseconds. */
const LINGER_MS = 60_000

/** The same of all services, after somebody wanted to read all: longer than the longest query that waits. */
const LINGER_ALL_MS = 15 * 60_000

/** The same of a service that the backend does not name. */
const LINGER_UNNAMED_MS = 5_000

/** So many services that the backend does not name are read at most per second, so that whoever asks for names by chance costs the backend little. */
const UNNAMED_PER_SECOND = 100

/** How often it is looked which services are not needed any more. */
const SWEEP_MS = 10_000

/** The longest wait for what was never told, in milliseconds. */
const FIRST_MS = 5_000

/** What Followed works with. */
export interface FollowedInit {
  readonly backend: Backend
  readonly health: BackendHealth
  readonly clock: Clock
  readonly random: Random
  /** So many services are followed at most at a time, half of them such as the backend does not name. Default 20,000. */
  readonly followedMax?: number
}

/**
 * The services of the backend that somebody here reads, each followed once however many read it: while it is watched here, and for a while after it
 * was last read, a short one if the backend does not name it. The names are followed always. Once somebody wants to read all services, all are
 * followed for a while.
 */
export class Followed implements MirrorSource {
  readonly #init: FollowedInit
  readonly #follows = new Map<string, ServiceFollow>()
  readonly #stopping = new AbortController()
  readonly #named = Promise.withResolvers<void>()
  readonly #unnamed: RateLimit
  /** Those that there are; undefined until they are told. */
  #names: ReadonlySet<string> | undefined
  #allUntil = 0
  #rosters: MirroredRosters | undefined
  #sweep: Timer | undefined

  constructor(init: FollowedInit) {
    this.#init = init
    this.#unnamed = new RateLimit(init.clock, UNNAMED_PER_SECOND)
    this.#named.promise.catch(ignore)
  }

  /** Shows what is told in `rosters` from now on. Call it once. */
  start(rosters: MirroredRosters): void {
    this.#rosters = rosters
    void this.#followNames(rosters)
    void this.#firstNames()
    this.#sweepLater()
  }

  /** Resolves when all that was written there until now can be read of a service that is followed, or soon; undefined where it is not. Never rejects. */
  shown(serviceName: string): Promise<void> | undefined {
    return this.#follows.get(serviceName)?.shown()
  }

  /** How many services are followed. */
  get size(): number {
    return this.#follows.size
  }

  watched(serviceName: string): void {
    if (isServiceName(serviceName)) this.#follow(serviceName)
  }

  /** Throws `LookupRateError`, and `StoreLimitError` when there are too many. */
  ready(serviceName: string, keptMs = this.#lingerMs(serviceName)): Promise<void> | undefined {
    if (!isServiceName(serviceName)) return undefined
    const isCostly = !this.#follows.has(serviceName) && this.#isUnnamed(serviceName)
    if (isCostly && !this.#unnamed.take()) throw new LookupRateError(UNNAMED_PER_SECOND)
    const follow = this.#follow(serviceName, keptMs)
    return this.#rosters?.isReady(serviceName) ? undefined : this.#inTime(follow.told)
  }

  readyAll(): Promise<void> | undefined {
    this.#allUntil = this.#init.clock.now() + LINGER_ALL_MS
    if (!this.#names) return this.#inTime(this.#named.promise.then(() => this.#followAll()))
    const waiting = this.#followAll()
    return waiting && this.#inTime(waiting)
  }

  /** Follows nothing any more. What was told can still be read. */
  close(): void {
    const reason = new RegistryClosedError()
    this.#stopping.abort(reason)
    this.#named.reject(reason)
    this.#sweep?.cancel()
    for (const follow of this.#follows.values()) follow.stop(reason)
    this.#follows.clear()
  }

  /** Throws `StoreLimitError` when there are too many. */
  #follow(serviceName: string, keptMs = this.#lingerMs(serviceName)): ServiceFollow {
    const { backend, clock, followedMax: _, ...rest } = this.#init
    const rosters = this.#rosters
    if (!rosters) throw new TypeError('Nothing is followed before the start')
    let follow = this.#follows.get(serviceName)
    if (!follow) {
      this.#stopping.signal.throwIfAborted()
      this.#requireRoom(serviceName)
      follow = new ServiceFollow({ serviceName, registry: backend.registry, rosters, clock, ...rest })
      this.#follows.set(serviceName, follow)
    }
    follow.keptUntil = Math.max(follow.keptUntil, clock.now() + keptMs)
    return follow
  }

  /** Services that there are find room though many others are asked for. */
  #requireRoom(serviceName: string): void {
    const { followedMax = FOLLOWED_MAX } = this.#init
    const { size } = this.#follows
    if (size >= followedMax) throw new StoreLimitError('services followed at a time', followedMax)
    const unnamedMax = followedMax / 2
    if (size < unnamedMax || !this.#isUnnamed(serviceName)) return
    const unnamed = this.#follows.keys().filter(name => this.#isUnnamed(name))
    if (unnamed.take(Math.ceil(unnamedMax)).toArray().length >= unnamedMax)
      throw new StoreLimitError('services followed at a time that the registry behind does not name', unnamedMax)
  }

  /** Whether the backend names its services, and not this one. */
  #isUnnamed(serviceName: string): boolean {
    return this.#names !== undefined && !this.#names.has(serviceName)
  }

  #lingerMs(serviceName: string): number {
    return this.#isUnnamed(serviceName) ? LINGER_UNNAMED_MS : LINGER_MS
  }

  /** Resolves when all have been told; undefined if they have. */
  #followAll(): Promise<void> | undefined {
    const { names = [] } = this.#rosters?.names() ?? {}
    const follows = names.map(name => [name, this.#follow(name)] as const)
    const untold = follows.filter(([name]) => !this.#rosters?.isReady(name))
    if (untold.length === 0) return undefined
    return Promise.all(untold.map(([, { told }]) => told)).then(ignore)
  }

  /** Rejects with `RegistryUnavailableError` when it takes too long. */
  async #inTime(told: Promise<unknown>): Promise<void> {
    const { clock, health, backend } = this.#init
    using limit = timeLimit(clock, FIRST_MS)
    try {
      await abortable(told, limit.signal)
    } catch (error) {
      if (error !== limit.signal.reason) throw error
      health.failed(error)
      throw new RegistryUnavailableError(backend.url, { cause: health.failure?.cause ?? error })
    }
  }

  async #followNames(rosters: MirroredRosters): Promise<void> {
    const { backend, clock, random, health } = this.#init
    const { signal } = this.#stopping
    const read = async () => {
      for await (const names of backend.registry.services({ signal })) this.#tellNames(names, rosters)
    }
    await readOn(read, { signal, clock, random, onEnd: error => health.failed(error) })
  }

  #tellNames(names: ServiceNames, rosters: MirroredRosters): void {
    const { clock, health } = this.#init
    health.answered()
    this.#names = new Set(names.names)
    rosters.tellNames(names)
    this.#named.resolve()
    if (clock.now() < this.#allUntil) this.#followMore()
  }

  /** Follows what there is more of by now. That there is too much is told to who asks next. */
  #followMore(): void {
    try {
      void this.#followAll()?.catch(ignore)
    } catch (error) {
      if (!(error instanceof StoreLimitError)) throw error
    }
  }

  /** A backend that is away from the first is found out though nobody asks. */
  async #firstNames(): Promise<void> {
    await this.#inTime(this.#named.promise).catch(ignore)
  }

  #sweepLater(): void {
    this.#sweep = this.#init.clock.schedule(SWEEP_MS, () => {
      const now = this.#init.clock.now()
      if (now >= this.#allUntil) for (const [name, follow] of this.#follows) this.#retire(name, { follow, now })
      this.#sweepLater()
    })
  }

  #retire(serviceName: string, { follow, now }: { follow: ServiceFollow; now: number }): void {
    if (now < follow.keptUntil || (this.#rosters?.watchers(serviceName).length ?? 0) > 0) return
    this.#follows.delete(serviceName)
    follow.stop(new RegistryClosedError())
    this.#rosters?.untell(serviceName)
  }
}

function ignore(): void {}
