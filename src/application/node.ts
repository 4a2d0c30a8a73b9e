import { type Clock, systemClock } from '../core/clock.ts'
import { elapsedMs } from '../core/elapsed.ts'
import { publish } from '../core/event.ts'
import { InvalidNameError } from './errors.ts'
import { type Hooks, HookRunner } from './hook-runner.ts'
import type { Ordered } from './order.ts'
import type { Phase, PhaseUp } from './phase.ts'
import type { Service, ServiceStatus } from './service.ts'
import type { Turn, TurnTaker } from './turn.ts'

/** How long a way down may take unless somebody says otherwise. */
const DEADLINE_MS = 10_000

/** The way up. */
export const PHASES_UP: readonly PhaseUp[] = ['bind', 'start', 'register']

/** What a service is meant to be. */
export type DesiredState = 'started' | 'stopped'

/** What a parent does about children that fail. */
export interface ChildFailures {
  /** Whether the start of the parent goes on without a child that failed. */
  readonly policy: 'abort' | 'continue'
  /** A child has failed, at run time or, with the policy `continue`, on the way up. */
  report(child: ServiceNode, error: unknown): void
}

/** What a node starts from. */
export interface NodeInit {
  service: Service
  hooks: Hooks
  clock?: Clock | undefined
  deadlineMs?: number | undefined
}

/**
 * Where a service stands in the tree and how it does: the state that the way up, the way down and the supervisor share. Internal;
 * services are seen from outside through `Service` and `inspect`.
 */
export class ServiceNode implements TurnTaker, Ordered {
  readonly name: string
  readonly service: Service
  readonly turns: Turn[] = []
  readonly hooks: HookRunner
  parent: ServiceNode | undefined
  /** In the order of the way up. */
  readonly children: ServiceNode[] = []
  after: readonly string[] | undefined
  /** Set by a MultiService. */
  childFailures: ChildFailures | undefined
  /** Told of every change of status, for whoever runs the root. */
  onStatus: ((status: ServiceStatus) => void) | undefined
  /** The furthest phase of the way up on which a hook began; undefined when nothing is left to undo. */
  reached: PhaseUp | undefined
  /** What it failed with; kept until it is started again. */
  error: unknown
  /** How often its parent has started it again. */
  restarts = 0
  /** How long each phase took the last time, in milliseconds, children included. */
  readonly tookMs: Partial<Record<Phase, number>> = {}
  readonly #clock: Clock | undefined
  readonly #deadlineMs: number | undefined
  #status: ServiceStatus = 'idle'
  #since: number | undefined
  #desired: DesiredState = 'stopped'
  #desiredBy: unknown
  #reason: string | undefined
  #recovery: AbortController | undefined

  constructor({ service, hooks, clock, deadlineMs }: NodeInit) {
    const { name } = service
    if (typeof name !== 'string' || name === '' || name.includes('/')) throw new InvalidNameError(name)
    this.name = name
    this.service = service
    this.hooks = new HookRunner(hooks, this)
    this.#clock = clock
    this.#deadlineMs = deadlineMs
  }

  get clock(): Clock {
    return this.#clock ?? this.parent?.clock ?? systemClock
  }

  get deadlineMs(): number {
    return this.#deadlineMs ?? this.parent?.deadlineMs ?? DEADLINE_MS
  }

  get path(): string {
    return `${this.parent?.path ?? ''}/${this.name}`
  }

  get status(): ServiceStatus {
    return this.#status
  }

  /** Since when it has its status, in milliseconds since 1970; undefined while that is the first. */
  get since(): number | undefined {
    return this.#since
  }

  get desired(): DesiredState {
    return this.#desired
  }

  /** Why it is degraded, in its own words. */
  get reason(): string | undefined {
    return this.#reason
  }

  /** Whether it does its work, well or not so well. */
  get isUp(): boolean {
    return this.#status === 'ready' || this.#status === 'degraded'
  }

  hasReached(phase: PhaseUp): boolean {
    return this.reached !== undefined && PHASES_UP.indexOf(this.reached) >= PHASES_UP.indexOf(phase)
  }

  /** Says what it is meant to be, on behalf of `by`. To be stopped ends attempts to start it again. */
  desire(desired: DesiredState, by: unknown): void {
    this.#desired = desired
    this.#desiredBy = by
    if (desired === 'stopped') this.endRecovery()
  }

  /** What `by` wished has come to nothing. Without effect when somebody has wished something since. */
  abandonWish(by: unknown): void {
    if (this.#desiredBy === by) this.desire('stopped', by)
  }

  /** Its parent tries to start it again from now on. The signal aborts when that is no longer wanted. */
  beginRecovery(): AbortSignal {
    this.endRecovery()
    this.#recovery = new AbortController()
    return this.#recovery.signal
  }

  /** Ends attempts to start it again, if any. */
  endRecovery(): void {
    this.#recovery?.abort()
    this.#recovery = undefined
    this.parent?.refresh()
  }

  /** Goes to `status`: the only way its status changes. */
  become(status: ServiceStatus): void {
    if (status === this.#status) return
    const from = this.#status
    this.#status = status
    if (status === 'starting') this.#reason = undefined
    this.#since = this.clock.wallTime()
    publish('service', statusEvent(this, from))
    this.onStatus?.(status)
    this.parent?.refresh()
  }

  /** Sets or, without a reason, takes back why it is degraded. */
  degrade(reason?: string): void {
    this.#reason = reason
    this.refresh()
  }

  /** Chooses between ready and degraded by its own reason and its children, when it is up. */
  refresh(): void {
    if (!this.isUp) return
    const isDegraded = this.#reason !== undefined || this.children.some(child => child.#ails)
    this.become(isDegraded ? 'degraded' : 'ready')
  }

  /** It was meant to be up and is not quite. */
  get #ails(): boolean {
    if (this.#desired === 'stopped') return false
    return this.#status === 'degraded' || this.#status === 'failed' || this.#recovery !== undefined
  }

  /** Does one phase of this node and what is below it, and takes its time. */
  async measure(phase: Phase, work: () => Promise<void>): Promise<void> {
    const since = this.clock.now()
    try {
      await work()
    } finally {
      this.tookMs[phase] = elapsedMs(this.clock, since)
    }
  }
}

/** Why a service failed is told once: by the start or stop that rejects, or by the event `service.failed`. */
function statusEvent({ path, status, parent, reason }: ServiceNode, from: ServiceStatus) {
  const facts = { event: 'service.status', path, status, from }
  if (status === 'degraded')
    return { level: 'warn', message: `${path} is degraded${reason ? `: ${reason}` : ''}`, reason, ...facts } as const
  const message = status === 'failed' ? `${path} has failed` : `${path} is ${status}`
  return { level: parent ? 'debug' : 'info', message, ...facts } as const
}
