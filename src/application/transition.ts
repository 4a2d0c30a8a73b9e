import { abortable, TimeLimit } from '../core/abort.ts'
import type { Timer } from '../core/clock.ts'
import { DRAIN_SHARE, type DescentLimits } from './descent.ts'
import type { ServiceNode } from './node.ts'
import type { Tree } from './tree.ts'
import { Turn } from './turn.ts'

/** Which way a change goes; to `join` and to `leave` are changes of the tree itself. */
export type Direction = 'up' | 'down' | 'join' | 'leave'

/** What a change is made of. */
export interface TransitionInit {
  direction: Direction
  /** On whose behalf. */
  top: ServiceNode
  /** All it may touch, as it is when it is asked for: what joins the tree later is no part of it. */
  tree: Tree
  /** What it does when its turn has come. */
  body: (transition: Transition) => Promise<void>
  /** Called when it has failed or was given up, even before it began, and before the next one begins. */
  onFailure?: () => void
}

/** One change under way or waiting for its turn, with everybody who waits for it. */
export class Transition extends Turn {
  readonly direction: Direction
  readonly top: ServiceNode
  readonly tree: Tree
  readonly #done: Promise<void>
  readonly #givenUp = new AbortController()
  readonly #drainLimit = new AbortController()
  readonly #deadline = new AbortController()
  readonly #timers: Timer[] = []
  #callers = 0

  constructor({ direction, top, tree, body, onFailure }: TransitionInit) {
    super(tree.keys())
    this.direction = direction
    this.top = top
    this.tree = tree
    this.#done = this.#run(body, onFailure)
    this.#done.catch(() => {})
  }

  /** Aborts when nobody wants it any more: a way up is then undone, or not even begun. */
  get givenUp(): AbortSignal {
    return this.#givenUp.signal
  }

  /** Abort when its way down has to come to an end. */
  get limits(): DescentLimits {
    return { drain: this.#drainLimit.signal, stop: this.#deadline.signal }
  }

  /**
   * Waits for it. Aborting `signal` withdraws this caller; when no other is left, the change is given up, and the wait ends when it is
   * undone. With others left, the wait ends at once.
   */
  async join(signal?: AbortSignal): Promise<void> {
    this.#callers++
    if (!signal) return this.#done
    const withdrawn = new AbortController()
    const withdraw = () => {
      if (--this.#callers === 0) this.#givenUp.abort(signal.reason)
      else withdrawn.abort(signal.reason)
    }
    if (signal.aborted) withdraw()
    signal.addEventListener('abort', withdraw, { once: true })
    try {
      await abortable(this.#done, withdrawn.signal)
    } finally {
      signal.removeEventListener('abort', withdraw)
    }
  }

  /**
   * Sets the limit of its way down to `deadlineMs` from now, unless there is an earlier one, and that of draining to half of it. When it passes while this waits for its turn,
   * those ahead that are on behalf of what this covers are hurried too: ways up are given up, ways down destroy what is left.
   */
  limit(deadlineMs: number): void {
    const { clock } = this.top
    const drainMs = deadlineMs * DRAIN_SHARE
    this.#timers.push(
      clock.schedule(drainMs, () => this.#drainLimit.abort(new TimeLimit(drainMs))),
      clock.schedule(deadlineMs, () => this.#hurry(new TimeLimit(deadlineMs))),
    )
  }

  #hurry(reason: TimeLimit): void {
    this.#endDown(reason)
    for (const turn of this.ahead) {
      if (!(turn instanceof Transition) || !this.covers(turn.top)) continue
      if (turn.direction === 'up' || turn.direction === 'join') turn.#givenUp.abort(reason)
      turn.#endDown(reason)
    }
  }

  #endDown(reason: TimeLimit): void {
    this.#drainLimit.abort(reason)
    this.#deadline.abort(reason)
  }

  async #run(body: TransitionInit['body'], onFailure: TransitionInit['onFailure']): Promise<void> {
    try {
      await abortable(this.begun, this.givenUp)
      await body(this)
    } catch (error) {
      for (const node of this.tree.keys()) node.abandonWish(this)
      onFailure?.()
      throw error
    } finally {
      for (const timer of this.#timers) timer.cancel()
      this.end()
    }
  }
}
