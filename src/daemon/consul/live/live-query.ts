import type { Clock, Timer } from '../../../core/clock.ts'
import { Body } from '../http/answer.ts'

/** What an evaluation found. */
export interface Found {
  readonly status: number
  /** JSON, or nothing. */
  readonly text: string
  /** At which index it became what it is, as far as is known. */
  readonly index: number
}

/** Something that is asked for, and asked for again. */
export interface Question {
  /** Grows when what is asked for may have changed. */
  revision(): number
  evaluate(): Found
  /** Calls `onChange` after it may have changed, until the returned function is called. */
  watch(onChange: () => void): () => void
}

/** What everybody who asks the same is told. */
export interface Result {
  readonly status: number
  readonly body: Body
  /** Moves only when the body does. */
  readonly index: number
}

/** Who waits for another result. */
interface Waiter {
  readonly index: number
  readonly tell: (result: Result) => void
  readonly timer: Timer
}

/** How long to wait for what. */
export interface WaitInit {
  /** The index of what the client has. */
  readonly index: number
  readonly waitMs: number
  readonly clock: Clock
}

/**
 * A question with its newest answer: evaluated and serialised once per revision, however many ask. Its index is its own: a change that does
 * not show in the answer moves it not, and wakes nobody.
 */
export class LiveQuery {
  readonly #question: Question
  #evaluatedAt = -1
  #result: Result = { status: 200, body: new Body(''), index: 0 }
  readonly #waiters = new Set<Waiter>()
  #unwatch: (() => void) | undefined

  constructor(question: Question) {
    this.#question = question
  }

  /** Whether anybody waits for it to change. */
  get isWatched(): boolean {
    return this.#waiters.size > 0
  }

  /** The bytes of its newest answer. */
  get bytes(): number {
    return this.#result.body.text.length
  }

  /** The answer as it is now. */
  result(): Result {
    const revision = this.#question.revision()
    if (revision !== this.#evaluatedAt) this.#evaluate(revision)
    return this.#result
  }

  /**
   * Calls `tell` with the first answer whose index is above the given one: not before this call has returned. After `waitMs` it is told what
   * there is. Returns a function that takes the call back.
   */
  wait({ index, waitMs, clock }: WaitInit, tell: (result: Result) => void): () => void {
    const waiter: Waiter = { index, tell, timer: clock.schedule(waitMs, () => this.#finish(waiter, this.result())) }
    this.#waiters.add(waiter)
    this.#unwatch ??= this.#question.watch(() => this.#changed())
    return () => this.#remove(waiter)
  }

  /** Tells everybody what there is: nothing is waited for any more. */
  finish(): void {
    for (const waiter of this.#waiters) this.#finish(waiter, this.result())
  }

  #evaluate(revision: number): void {
    const { status, text, index } = this.#question.evaluate()
    const isFirst = this.#evaluatedAt < 0
    this.#evaluatedAt = revision
    if (!isFirst && text === this.#result.body.text && status === this.#result.status) return
    this.#result = { status, body: new Body(text), index: Math.max(1, index, this.#result.index + 1) }
  }

  #changed(): void {
    const result = this.result()
    for (const waiter of this.#waiters) if (result.index > waiter.index) this.#finish(waiter, result)
  }

  #finish(waiter: Waiter, result: Result): void {
    this.#remove(waiter)
    waiter.tell(result)
  }

  #remove(waiter: Waiter): void {
    waiter.timer.cancel()
    this.#waiters.delete(waiter)
    if (this.#waiters.size > 0) return
    this.#unwatch?.()
    this.#unwatch = undefined
  }
}
