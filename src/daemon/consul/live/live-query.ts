import { createHash } from 'node:crypto'
import type { Clock, Timer } from '../../../core/clock.ts'
import { Body } from '../http/answer.ts'

/** What an evaluation found. */
export interface Found {
  readonly status: number
  /** JSON, or nothing. */
  readonly text: string
  /** At which index it became what it is, as far as is known. */
  readonly index: number
  /** What moves the index too when it is another one. Default: nothing but the answer does. */
  readonly mark?: number | undefined
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
  /** Moves only when the body does, or the mark of what was found. */
  readonly index: number
}

/** Hears, once, how waiting ended. */
export interface WaitListener {
  readonly tell: (result: Result) => void
  /** What is asked for cannot be evaluated any more. */
  readonly fail: (error: unknown) => void
}

/** Who waits for another result. */
interface Waiter extends WaitListener {
  readonly index: number
  readonly timer: Timer
}

type Outcome = { readonly result: Result } | { readonly error: unknown }

/** How long to wait for what. */
export interface WaitInit {
  /** The index of what the client has. */
  readonly index: number
  readonly waitMs: number
  readonly clock: Clock
}

/**
 * A question with its newest answer: evaluated and serialised once per revision, however many ask. Its index is its own: a change that shows
 * neither in the answer nor in its mark moves it not, and wakes nobody.
 */
export class LiveQuery {
  readonly #question: Question
  readonly #onSize: (added: number) => void
  #evaluatedAt = -1
  #result: Result = NOTHING
  #mark: number | undefined
  /** In the place of an answer that was let go: what it is known again by. */
  #digest: string | undefined
  readonly #waiters = new Set<Waiter>()
  #unwatch: (() => void) | undefined

  /** `onSize` is told how many more bytes, or fewer, are kept for it. */
  constructor(question: Question, onSize: (added: number) => void = () => {}) {
    this.#question = question
    this.#onSize = onSize
  }

  /** Whether anybody waits for it to change. */
  get isWatched(): boolean {
    return this.#waiters.size > 0
  }

  /** How many bytes are kept for it: of its newest answer, as text and as it is sent. */
  get bytes(): number {
    return 2 * this.#result.body.text.length
  }

  /** The answer as it is now. Throws what the evaluation throws. */
  result(): Result {
    const revision = this.#question.revision()
    if (revision === this.#evaluatedAt && this.#digest === undefined) return this.#result
    return this.#evaluate(revision)
  }

  /** Keeps of the answer only what it is known again by: whoever asks next has it made anew, at the same index if it is the same. */
  letGo(): void {
    if (this.#digest !== undefined || this.#evaluatedAt < 0) return
    const { status, body, index } = this.#result
    this.#keep({ ...NOTHING, index })
    this.#digest = digestOf(status, body.text)
  }

  /**
   * Tells the first answer whose index is above the given one: not before this call has returned. After `waitMs` there is told what
   * there is. Returns a function that takes the call back. Throws what watching throws.
   */
  wait({ index, waitMs, clock }: WaitInit, { tell, fail }: WaitListener): () => void {
    this.#unwatch ??= this.#question.watch(() => this.#changed())
    const timer = clock.schedule(waitMs, () => this.#finish(waiter, this.#outcome()))
    const waiter: Waiter = { index, tell, fail, timer }
    this.#waiters.add(waiter)
    return () => this.#remove(waiter)
  }

  /** Tells everybody what there is: nothing is waited for any more. */
  finish(): void {
    for (const waiter of this.#waiters) this.#finish(waiter, this.#outcome())
  }

  #evaluate(revision: number): Result {
    const { status, text, index, mark } = this.#question.evaluate()
    const isFirst = this.#evaluatedAt < 0
    this.#evaluatedAt = revision
    const isSame = !isFirst && mark === this.#mark && this.#isSame(status, text)
    this.#mark = mark
    if (isSame && this.#digest === undefined) return this.#result
    const newest = isSame ? this.#result.index : Math.max(1, index, this.#result.index + 1)
    const result = { status, body: new Body(text), index: newest }
    this.#keep(result)
    return result
  }

  #isSame(status: number, text: string): boolean {
    if (this.#digest !== undefined) return this.#digest === digestOf(status, text)
    return text === this.#result.body.text && status === this.#result.status
  }

  #keep(result: Result): void {
    const before = this.bytes
    this.#result = result
    this.#digest = undefined
    this.#onSize(this.bytes - before)
  }

  /** What there is now, for those who wait, of whom none can hear an exception. */
  #outcome(): Outcome {
    try {
      return { result: this.result() }
    } catch (error) {
      return { error }
    }
  }

  #changed(): void {
    const outcome = this.#outcome()
    for (const waiter of this.#waiters)
      if ('error' in outcome || outcome.result.index > waiter.index) this.#finish(waiter, outcome)
  }

  #finish(waiter: Waiter, outcome: Outcome): void {
    this.#remove(waiter)
    if ('error' in outcome) waiter.fail(outcome.error)
    else waiter.tell(outcome.result)
  }

  #remove(waiter: Waiter): void {
    waiter.timer.cancel()
    this.#waiters.delete(waiter)
    if (this.#waiters.size > 0) return
    this.#unwatch?.()
    this.#unwatch = undefined
  }
}

const NOTHING: Result = { status: 200, body: new Body(''), index: 0 }

function digestOf(status: number, text: string): string {
  return createHash('sha256').update(`${status} `).update(text).digest('base64')
}
