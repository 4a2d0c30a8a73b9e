import { sleep } from '../core/abort.ts'
import { backoffDelayMs } from '../core/backoff.ts'
import { publish } from '../core/event.ts'
import { type Random, systemRandom } from '../core/random.ts'
import { messageOf, RestartLimitError } from './errors.ts'
import { lowerNode, raiseNode } from './lifecycle.ts'
import type { ChildFailures, ServiceNode } from './node.ts'
import { type RestartPolicy, RestartWindow } from './restart-policy.ts'
import { tellFailure } from './tell-failure.ts'

/**
 * Whether a MultiService goes on without a child: `abort` does not (a failed start undoes the others; a child that keeps failing makes its
 * parent fail), `continue` does, and is degraded meanwhile.
 */
export type FailurePolicy = 'abort' | 'continue'

/** What a Supervisor goes by. */
export interface SupervisorOptions {
  /** Default `abort`. */
  failurePolicy?: FailurePolicy | undefined
  restart?: RestartPolicy | undefined
  random?: Random | undefined
}

/** Starts the children of one node again when they fail, as its restart policy says. */
export class Supervisor implements ChildFailures {
  readonly policy: FailurePolicy
  readonly #parent: ServiceNode
  readonly #restart: RestartPolicy
  readonly #random: Random
  readonly #window: RestartWindow

  constructor(
    parent: ServiceNode,
    { failurePolicy = 'abort', restart = {}, random = systemRandom }: SupervisorOptions,
  ) {
    this.policy = failurePolicy
    this.#parent = parent
    this.#restart = restart
    this.#random = random
    this.#window = new RestartWindow(restart)
  }

  report(child: ServiceNode, error: unknown): void {
    if (child.desired === 'started') void this.#recover(child, { error, signal: child.beginRecovery() })
  }

  /** Takes the child down at once, so that nobody finds it any more, and tries to get it up until it is, or too much is too much. */
  async #recover(child: ServiceNode, { error, signal }: { error: unknown; signal: AbortSignal }): Promise<void> {
    let cause = error
    while (!signal.aborted) {
      await lowerNode(child).catch(() => {})
      const attempt = signal.aborted ? undefined : this.#window.admit(child.clock.now())
      if (attempt === undefined) break
      const outcome = await this.#startAgain(child, attempt, signal).catch((failure: unknown) => ({ failure }))
      if (!outcome) return
      cause = outcome.failure
      if (!signal.aborted) tellFailure(child.path, { error: cause, message: messageOf(cause) })
    }
    if (!signal.aborted) this.#giveUp(child, cause)
  }

  async #startAgain(child: ServiceNode, attempt: number, signal: AbortSignal): Promise<void> {
    const { path } = child
    const delayMs = backoffDelayMs(attempt, this.#random, this.#restart)
    const message = `${path} is started again in ${Math.round(delayMs)} ms`
    publish('service', { level: 'info', event: 'service.restart-scheduled', message, path, attempt, delayMs })
    await sleep(child.clock, delayMs, { signal })
    child.restarts++
    await raiseNode(child, { signal })
    publish('service', { level: 'info', event: 'service.restarted', message: `${path} is up again`, path, attempt })
    child.endRecovery()
  }

  #giveUp(child: ServiceNode, cause: unknown): void {
    const error = new RestartLimitError(child.path, this.#window, cause)
    const { path } = child
    publish('service', { level: 'error', event: 'service.given-up', message: error.message, path, error })
    child.endRecovery()
    if (this.policy === 'abort') failNode(this.#parent, error)
  }
}

/**
 * A service says that it cannot go on. On its way up this makes the start fail; when up it is taken down, and what follows is its parent's
 * to say; a root is taken down and stays failed. Without effect on one that is not running, but told all the same.
 */
export function failNode(node: ServiceNode, error: unknown): void {
  const { path } = node
  tellFailure(path, { error, message: `${path}: ${messageOf(error)}` })
  if (!node.isUp && node.status !== 'starting') return
  node.error ??= error
  if (!node.isUp) return
  node.become('failed')
  if (node.parent?.childFailures) node.parent.childFailures.report(node, error)
  else void lowerNode(node).catch(() => {})
}
