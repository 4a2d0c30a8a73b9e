import { abortable, sleep, timeLimit } from '../../core/abort.ts'
import { backoffDelayMs } from '../../core/backoff.ts'
import type { Clock, Timer } from '../../core/clock.ts'
import type { Random } from '../../core/random.ts'
import { isServiceName } from '../../discovery/create-instance.ts'
import { RegistryClosedError, RegistryUnavailableError } from '../../discovery/errors.ts'
import { StoreLimitError } from '../../discovery/store/limits.ts'
import type { MirroredRosters, MirrorSource } from '../../discovery/store/mirrored-rosters.ts'
import type { Backend } from './backend.ts'
import type { BackendHealth } from './backend-health.ts'
import { ServiceFollow } from './service-follow.ts'

const FOLLOWED_MAX = 20_000

/** How long a service is followed after it was last read, when nobody watches it, in milliseconds. */
const LINGER_MS = 60_000

/** The same of all services, after somebody wanted to read all: longer than the longest query that waits. */
const LINGER_ALL_MS = 15 * 60_000

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
  /** So many services are followed at most at a time. Default 20,000. */
  readonly followedMax?: number
}

/**
 * The services of the backend that somebody here reads, each followed once however many read it: while it is watched here, and for a while after it
 * was last read. The names are followed always. Once somebody wants to read all services, all are followed for a while.
 */
export class Followed implements MirrorSource {
  readonly #init: FollowedInit
  readonly #follows = new Map<string, ServiceFollow>()
  readonly #stopping = new AbortController()
  readonly #named = Promise.withResolvers<void>()
  #hasNames = false
  #allUntil = 0
  #rosters: MirroredRosters | undefined
  #sweep: Timer | undefined

  constructor(init: FollowedInit) {
    this.#init = init
    this.#named.promise.catch(ignore)
  }

  /** Shows what is told in `rosters` from now on. Call it once. */
  start(rosters: MirroredRosters): void {
    this.#rosters = rosters
    void this.#followNames(rosters)
    void this.#firstNames()
    this.#sweepLater()
  }

  /** How many services are followed. */
  get size(): number {
    return this.#follows.size
  }

  watched(serviceName: string): void {
    if (isServiceName(serviceName)) this.#follow(serviceName)
  }

  ready(serviceName: string, keptMs = LINGER_MS): Promise<void> | undefined {
    if (!isServiceName(serviceName)) return undefined
    const follow = this.#follow(serviceName, keptMs)
    return this.#rosters?.isReady(serviceName) ? undefined : this.#inTime(follow.told)
  }

  readyAll(): Promise<void> | undefined {
    this.#allUntil = this.#init.clock.now() + LINGER_ALL_MS
    if (!this.#hasNames) return this.#inTime(this.#named.promise.then(() => this.#followAll()))
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
  #follow(serviceName: string, keptMs = LINGER_MS): ServiceFollow {
    const { backend, clock, followedMax = FOLLOWED_MAX, ...rest } = this.#init
    const rosters = this.#rosters
    if (!rosters) throw new TypeError('Nothing is followed before the start')
    let follow = this.#follows.get(serviceName)
    if (!follow) {
      this.#stopping.signal.throwIfAborted()
      if (this.#follows.size >= followedMax) throw new StoreLimitError('services followed at a time', followedMax)
      follow = new ServiceFollow({ serviceName, registry: backend.registry, rosters, clock, ...rest })
      this.#follows.set(serviceName, follow)
    }
    follow.keptUntil = Math.max(follow.keptUntil, clock.now() + keptMs)
    return follow
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
    for (let attempt = 0; !signal.aborted; attempt++) {
      try {
        for await (const names of backend.registry.services({ signal })) {
          health.answered()
          rosters.tellNames(names)
          this.#hasNames = true
          this.#named.resolve()
          if (clock.now() < this.#allUntil) this.#followMore()
        }
      } catch (error) {
        if (signal.aborted) return
        health.failed(error)
        await sleep(clock, backoffDelayMs(attempt, random), { signal }).catch(ignore)
      }
    }
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
