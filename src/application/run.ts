import { once } from 'node:events'
import { constants } from 'node:os'
import { systemClock } from '../core/clock.ts'
import { elapsedMs } from '../core/elapsed.ts'
import { publish } from '../core/event.ts'
import { messageOf } from './errors.ts'
import { EXIT, exitStatusOf } from './exit-status.ts'
import { stillRunning } from './inspect.ts'
import { startNode, stopNode } from './lifecycle.ts'
import type { ServiceNode } from './node.ts'
import { nodeOf } from './node-of.ts'
import { notifySystemd } from './sd-notify.ts'
import type { Service } from './service.ts'

/** The signals that start the way down. */
const SIGNALS = ['SIGINT', 'SIGTERM'] as const

/** As `RunOptions.lingerMs`. */
const LINGER_MS = 10_000

/** How to run. */
export interface RunOptions {
  /** How long the way down may take, in milliseconds. Default: the application's own, else 10,000. */
  deadlineMs?: number
  /**
   * How long, in milliseconds, the process may go on when everything in it has stopped, kept by something that no service owns: then that is named and
   * the process ended. Default 10,000.
   */
  lingerMs?: number
}

/**
 * Runs `application` in the foreground of this process until it is told to end: starts it, tells systemd that it is ready, and resolves with the
 * exit status when it has stopped again. It stops
 *
 * - at SIGINT or SIGTERM, also while it starts, which is then given up; a second one ends the process at once with 128 + its number;
 * - when it cannot be started, or fails: with the status that `exitStatusOf` finds for the error;
 * - when nobody catches an exception or a rejection in the process: with `EX_SOFTWARE`;
 * - when somebody else stops it.
 *
 * The exit status is set and the process left to end by itself. It is forced to, non-zero and with a list of what still ran, only by a second signal,
 * when a service hangs beyond its deadline, or when something keeps the process for longer than `lingerMs`. Never rejects. A second
 * call for the same application, even when it is over, joins the first.
 */
export function runApplication(application: Service, options: RunOptions = {}): Promise<number> {
  const known = runs.get(application)
  if (known) return known
  const run = new Run(application, options).complete()
  runs.set(application, run)
  return run
}

const runs = new WeakMap<Service, Promise<number>>()

/** How many runs are under way in this process. */
let active = 0

class Run {
  readonly #node: ServiceNode
  readonly #options: RunOptions
  /** Aborts when the way down is to begin. */
  readonly #end = new AbortController()
  #status: number = EXIT.EX_OK

  constructor(application: Service, options: RunOptions) {
    this.#node = nodeOf(application)
    this.#options = options
  }

  async complete(): Promise<number> {
    const unlisten = this.#listen()
    active++
    await this.#goUp()
    await Promise.all([notifySystemd('STOPPING=1', `${this.#node.name} stops`), this.#goDown()])
    active--
    unlisten()
    if (this.#status !== EXIT.EX_OK) process.exitCode = this.#status
    this.#watchForRemains()
    return this.#status
  }

  async #goUp(): Promise<void> {
    const { name, clock } = this.#node
    const { signal } = this.#end
    const startedAt = clock.now()
    try {
      await startNode(this.#node, { signal })
      const tookMs = elapsedMs(clock, startedAt)
      tell('info', 'application.ready', { message: `${name} is up after ${tookMs} ms`, name, tookMs })
      await Promise.all([notifySystemd('READY=1', `${name} is up`), this.#untilEnd()])
    } catch (error) {
      if (!signal.aborted || error !== signal.reason) this.#fail(error, `${name} could not be started`)
    }
  }

  /** Waits for a reason to stop; its own failure, and a stop by somebody else, are among them. */
  async #untilEnd(): Promise<void> {
    const ended = once(this.#end.signal, 'abort')
    const check = () => this.#checkStatus()
    this.#node.onStatus = check
    check()
    if (!this.#end.signal.aborted) await ended
    this.#node.onStatus = undefined
  }

  #checkStatus(): void {
    const { name, status, desired, reached, error } = this.#node
    const isDown = reached === undefined && (status === 'failed' || desired === 'stopped')
    if (!isDown || this.#end.signal.aborted) return
    if (status === 'failed') this.#fail(error, `${name} failed`)
    this.#end.abort()
  }

  async #goDown(): Promise<void> {
    const { name, service } = this.#node
    try {
      await stopNode(this.#node, this.#options)
    } catch (error) {
      this.#fail(error, `${name} could not be stopped`)
    }
    if (stillRunning(service).length > 0) this.#force(EXIT.EX_SOFTWARE, 'not all of it stopped by the deadline')
  }

  /** Listens for all that ends the run, and keeps the process until then. Returns how to stop that. */
  #listen(): () => void {
    const onSignal = (signal: NodeJS.Signals) => this.#onSignal(signal)
    const onUncaught = (error: unknown) => {
      this.#fail(error, 'Nobody caught an exception', EXIT.EX_SOFTWARE)
      this.#end.abort(error)
    }
    for (const signal of SIGNALS) process.on(signal, onSignal)
    process.on('uncaughtException', onUncaught)
    const keepAlive = systemClock.schedule(Infinity, () => {})
    return () => {
      for (const signal of SIGNALS) process.off(signal, onSignal)
      process.off('uncaughtException', onUncaught)
      keepAlive.cancel()
    }
  }

  #onSignal(signal: NodeJS.Signals): void {
    const { name } = this.#node
    if (this.#end.signal.aborted) {
      this.#force(128 + constants.signals[signal], `${signal} came while it was stopping`)
    } else {
      tell('info', 'application.signal', { message: `${name} stops because of ${signal}`, name, signal })
      this.#end.abort(new DOMException(`${signal} was received`, 'AbortError'))
    }
  }

  #fail(error: unknown, what: string, status: number = exitStatusOf(error)): void {
    const { name } = this.#node
    if (this.#status === EXIT.EX_OK) this.#status = status
    tell('error', 'application.failed', { message: `${what}: ${messageOf(error)}`, name, error })
  }

  #force(status: number, why: string): void {
    const { name, service } = this.#node
    const remains = stillRunning(service)
    const list = remains.length > 0 ? `; still running: ${remains.join(', ')}` : ''
    tell('error', 'application.forced', { message: `${name} is ended by force: ${why}${list}`, name, remains })
    process.exit(status)
  }

  /** A socket or timer that nobody owns would keep the process for ever. The wait itself does not. */
  #watchForRemains(): void {
    if (active > 0) return
    AbortSignal.timeout(this.#options.lingerMs ?? LINGER_MS).addEventListener('abort', () => {
      if (active > 0) return
      const resources = process.getActiveResourcesInfo().join(', ')
      this.#force(this.#status || EXIT.EX_SOFTWARE, `it has stopped, but something keeps the process: ${resources}`)
    })
  }
}

function tell(level: 'info' | 'error', event: string, facts: { message: string; [fact: string]: unknown }): void {
  publish('service', { level, event, ...facts })
}
