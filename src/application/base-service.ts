import type { Clock } from '../core/clock.ts'
import { startNode, stopNode } from './lifecycle.ts'
import type { Hooks } from './hook-runner.ts'
import { ServiceNode } from './node.ts'
import { type NodeOwner, ownNode } from './node-of.ts'
import type { PhaseContext } from './phase.ts'
import type { ServiceStatus, StartOptions, StopOptions } from './service.ts'
import { failNode } from './supervisor.ts'

/** What every service can be told. */
export interface BaseServiceOptions {
  /** Default: the parent's; the system's at the root. */
  clock?: Clock | undefined
  /** How long a way down may take unless `stop` says otherwise, in milliseconds. Default: the parent's; 10,000 at the root. */
  deadlineMs?: number | undefined
}

/**
 * A Service to extend: override the hooks that matter, each may return a promise. The way up is `onBind` → `onStart` → `onRegister`, the way
 * down `onDrain` → `onStop`; a tree goes through each phase as a whole. Never two hooks of one service run at once, unless one of them was
 * abandoned because it hung. A hook cannot start, add, remove or move anything
 * of the tree it is part of, because that would wait for the hook: it rejects with `SelfWaitError`. It may ask for a stop, but not wait for it.
 */
export abstract class BaseService implements NodeOwner {
  readonly name: string
  readonly [ownNode]: ServiceNode

  /** Throws `InvalidNameError` when `name` is empty or has a `/`. */
  constructor(name: string, options: BaseServiceOptions = {}) {
    this.name = name
    this[ownNode] = new ServiceNode({ service: this, hooks: this.#hooks(), ...options })
  }

  get status(): ServiceStatus {
    return this[ownNode].status
  }

  /**
   * Resolves when it, and all below it, is up. Rejects when it cannot be, with `StartFailedError`, or when everybody who called has given it
   * up, with the signal's reason; everything is undone then.
   */
  async start(options?: StartOptions): Promise<void> {
    await startNode(this[ownNode], options)
  }

  /**
   * Resolves when it, and all below it, is down. Rejects with `StopFailedError` when some of it could not be stopped. A start under way is
   * waited for, at most until the deadline, and then given up. Of several deadlines the earliest counts.
   */
  async stop(options?: StopOptions): Promise<void> {
    await stopNode(this[ownNode], options)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
  }

  /** Where all its time comes from. */
  protected get clock(): Clock {
    return this[ownNode].clock
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
  protected fail(error: unknown): void {
    failNode(this[ownNode], error)
  }

  /** Tells that it works with something amiss, for people to read. Replaces an earlier reason. */
  protected degrade(reason: string): void {
    this[ownNode].degrade(reason)
  }

  /** Takes `degrade` back. */
  protected recover(): void {
    this[ownNode].degrade()
  }

  #hooks(): Hooks {
    return {
      bind: context => this.onBind(context),
      start: context => this.onStart(context),
      register: context => this.onRegister(context),
      drain: context => this.onDrain(context),
      stop: context => this.onStop(context),
    }
  }
}
