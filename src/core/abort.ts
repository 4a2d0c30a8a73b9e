import { afterLimit } from './after-limit.ts'
import type { Clock } from './clock.ts'

/** Something that can be given up. */
export interface Abortable {
  /** Aborting it ends the wait; the promise rejects with the signal's reason. */
  signal?: AbortSignal | undefined
}

/**
 * Waits for `promise`, but no longer than until `signal` aborts; then rejects with the signal's reason. The promise itself goes on
 * and its later rejection is ignored. Leaves no listener behind.
 */
export function abortable<T>(promise: PromiseLike<T>, signal: AbortSignal | undefined): Promise<T> {
  return signal ? race(promise, signal) : Promise.resolve(promise)
}

async function race<T>(promise: PromiseLike<T>, signal: AbortSignal): Promise<T> {
  const aborted = Promise.withResolvers<never>()
  const abort = () => aborted.reject(signal.reason)
  if (signal.aborted) abort()
  signal.addEventListener('abort', abort, { once: true })
  try {
    return await Promise.race([promise, aborted.promise])
  } finally {
    signal.removeEventListener('abort', abort)
  }
}

/** Waits `delayMs` on `clock`. Rejects with the signal's reason if it aborts first; the timer is then gone. */
export async function sleep(clock: Clock, delayMs: number, { signal }: Abortable = {}): Promise<void> {
  signal?.throwIfAborted()
  const { promise, resolve } = Promise.withResolvers<void>()
  const timer = clock.schedule(delayMs, resolve)
  try {
    await abortable(promise, signal)
  } finally {
    timer.cancel()
  }
}

/** The reason of a signal that aborted because its time was up. */
export class TimeLimit extends DOMException {
  constructor(limitMs: number) {
    super(`The limit of ${limitMs} ms has passed`, 'TimeoutError')
  }
}

/**
 * A signal that aborts after `limitMs` on `clock`, later where this process stood still (see `afterLimit`), or with the first of the given ones if that comes
 * first. Dispose of it to take the timer back.
 */
export function timeLimit(
  clock: Clock,
  limitMs: number,
  { signal, signals = [signal] }: Abortable & { signals?: readonly (AbortSignal | undefined)[] } = {},
): Disposable & { signal: AbortSignal } {
  const first = firstAborted(signals)
  const timer = afterLimit(clock, limitMs, () => first.abort(new TimeLimit(limitMs)))
  return {
    signal: first.signal,
    [Symbol.dispose]() {
      timer.cancel()
      first[Symbol.dispose]()
    },
  }
}

/** A signal that aborts when the first of `signals` does, with its reason, or by `abort`. Dispose of it to let go of them. */
export function firstAborted(
  signals: readonly (AbortSignal | undefined)[],
): Disposable & { signal: AbortSignal; abort: (reason?: unknown) => void } {
  const controller = new AbortController()
  const onAbort = () => controller.abort(signals.find(signal => signal?.aborted)?.reason)
  for (const signal of signals) {
    if (signal?.aborted) onAbort()
    signal?.addEventListener('abort', onAbort, { once: true })
  }
  return {
    signal: controller.signal,
    abort: reason => controller.abort(reason),
    [Symbol.dispose]() {
      for (const signal of signals) signal?.removeEventListener('abort', onAbort)
    },
  }
}
