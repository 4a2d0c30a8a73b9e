import { type Clock, systemClock } from '../core/clock.ts'
import { timeLimit } from '../core/abort.ts'
import type { PhaseContext } from './phase.ts'
import type { Service, ServiceStatus, StartOptions, StopOptions } from './service.ts'

/** What every service can be told. */
export interface BaseServiceOptions {
  /** Default: the parent's, the system's at the root. */
  clock?: Clock | undefined
}

/**
 * A Service to extend: override the hooks that matter, each may return a promise. The way up is `onBind` → `onStart` → `onRegister`,
 * the way down `onDrain` → `onStop`; a tree goes through each phase as a whole. Never two hooks of one service run at once.
 */
export abstract class BaseService implements Service {
  readonly name: string
  #status: ServiceStatus = 'idle'
  readonly #clock: Clock

  constructor(name: string, { clock = systemClock }: BaseServiceOptions = {}) {
    this.name = name
    this.#clock = clock
  }

  get status(): ServiceStatus {
    return this.#status
  }

  async start({ signal = new AbortController().signal }: StartOptions = {}): Promise<void> {
    this.#status = 'starting'
    await this.onBind({ signal })
    await this.onStart({ signal })
    this.#status = 'ready'
    await this.onRegister({ signal })
  }

  async stop({ deadlineMs = 10_000 }: StopOptions = {}): Promise<void> {
    if (this.#status === 'idle' || this.#status === 'stopped') return
    using limit = timeLimit(this.#clock, deadlineMs)
    this.#status = 'draining'
    await this.onDrain(limit)
    this.#status = 'stopping'
    await this.onStop(limit)
    this.#status = 'stopped'
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
  }

  /** The clock all its time comes from. */
  protected get clock(): Clock {
    return this.#clock
  }

  /** Binds sockets, so that real ports are known. Nothing is served yet. */
  protected onBind(_context: PhaseContext): void | Promise<void> {}

  /** Begins to work; ready when it resolves. */
  protected onStart(_context: PhaseContext): void | Promise<void> {}

  /** Makes it findable. */
  protected onRegister(_context: PhaseContext): void | Promise<void> {}

  /** Makes it unfindable and turns readiness false; it still works. Runs if `onRegister` began, even when that failed. */
  protected onDrain(_context: PhaseContext): void | Promise<void> {}

  /**
   * Stops accepting, lets work in flight finish until the signal aborts, destroys the rest. Runs once for every way up on which a hook
   * began, even when that hook failed: it must cope with half a start.
   */
  protected onStop(_context: PhaseContext): void | Promise<void> {}

  /** Tells that it cannot go on: it is stopped, and started again as the parent's restart policy says. Harmless when not running. */
  protected fail(_error: unknown): void {
    this.#status = 'failed'
  }

  /** Tells that it works with something amiss, for people to read. Replaces an earlier reason. */
  protected degrade(_reason: string): void {
    this.#status = 'degraded'
  }

  /** Takes `degrade` back. */
  protected recover(): void {
    this.#status = 'ready'
  }
}
