import { abortable, sleep, timeLimit } from '../core/abort.ts'
import { systemClock, type Clock } from '../core/clock.ts'
import { systemRandom, type Random } from '../core/random.ts'
import { FlapDamping } from './flap-damping.ts'
import type { HealthCheck } from './health-check.ts'

/** When checks run, and how often one has to say the same to be believed. */
export interface CheckSchedule {
  /** From the end of one check to the begin of the next, in milliseconds, ±10 % by chance. Default 5,000. */
  intervalMs?: number
  /** How long one check may take, in milliseconds. Default 2,000. */
  timeoutMs?: number
  /** So many in a row have to pass to become healthy. Default 1. */
  rise?: number
  /** So many in a row have to fail to become unhealthy. Default 3. */
  fall?: number
}

/** How one check stands. */
export interface HealthReport {
  readonly name: string
  readonly healthy: boolean
  /** What its last run said was amiss; undefined when it passed, or has not run. */
  readonly error: unknown
}

/** What a HealthMonitor is made of. */
export interface HealthMonitorOptions extends CheckSchedule {
  checks: readonly HealthCheck[]
  /** Called when `healthy` may have changed. */
  onChange: () => void
  clock?: Clock
  random?: Random
}

/**
 * Runs checks and says whether all of them stand well. Nothing is healthy before it has passed; one that comes and goes too often is held
 * back until it is steady (`FlapDamping`). Without checks it is always healthy.
 */
export class HealthMonitor {
  readonly #checks: readonly RunningCheck[]
  #stopping: AbortController | undefined
  #done: Promise<unknown> = Promise.resolve()

  constructor({ checks, ...options }: HealthMonitorOptions) {
    this.#checks = checks.map(check => new RunningCheck(check, options))
  }

  get healthy(): boolean {
    return this.#checks.every(check => check.healthy)
  }

  /** How each check stands, in the order they were given. */
  get reports(): readonly HealthReport[] {
    return this.#checks.map(check => check.report)
  }

  /** Begins to check, all at once and each in its own rhythm. Harmless when it runs. */
  start(): void {
    if (this.#stopping) return
    const { signal } = (this.#stopping = new AbortController())
    this.#done = Promise.all(this.#checks.map(check => check.run(signal)))
  }

  /** Gives up what is being checked; what was found out stays. */
  async stop(): Promise<void> {
    this.#stopping?.abort()
    await this.#done
    this.#stopping = undefined
  }
}

class RunningCheck {
  readonly #check: HealthCheck
  readonly #options: Omit<HealthMonitorOptions, 'checks'>
  readonly #clock: Clock
  readonly #damping: FlapDamping
  #passing = false
  #error: unknown
  /** How many runs in a row disagreed with `#passing`. */
  #against = 0

  constructor(check: HealthCheck, options: Omit<HealthMonitorOptions, 'checks'>) {
    this.#check = check
    this.#options = options
    this.#clock = options.clock ?? systemClock
    this.#damping = new FlapDamping(this.#clock)
  }

  get healthy(): boolean {
    return this.#passing && !this.#damping.suppressed
  }

  get report(): HealthReport {
    return { name: this.#check.name, healthy: this.healthy, error: this.#error }
  }

  async run(signal: AbortSignal): Promise<void> {
    const { intervalMs = 5000, random = systemRandom } = this.#options
    while (!signal.aborted) {
      await this.#runOnce(signal)
      await sleep(this.#clock, intervalMs * (0.9 + 0.2 * random.next()), { signal }).catch(() => {})
    }
  }

  async #runOnce(signal: AbortSignal): Promise<void> {
    const { timeoutMs = 2000 } = this.#options
    using limit = timeLimit(this.#clock, timeoutMs, { signal })
    try {
      await abortable(this.#check.check({ signal: limit.signal }), limit.signal)
      this.#note(undefined)
    } catch (error) {
      if (!signal.aborted) this.#note(error ?? new Error('It failed without saying why'))
    }
  }

  #note(error: unknown): void {
    const { rise = 1, fall = 3, onChange } = this.#options
    const passed = error === undefined
    this.#error = error
    this.#against = passed === this.#passing ? 0 : this.#against + 1
    if (this.#against < (passed ? rise : fall)) return onChange()
    this.#against = 0
    this.#passing = passed
    if (!passed) this.#damping.fell()
    onChange()
  }
}
