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

/** A signal that aborts after `limitMs` on `clock`, or with `signal` if that comes first. Dispose of it to take the timer back. */
export function timeLimit(
  clock: Clock,
  limitMs: number,
  { signal }: Abortable = {},
): Disposable & { signal: AbortSignal } {
  const controller = new AbortController()
  const abort = () => controller.abort(signal?.reason)
  const timer = clock.schedule(limitMs, () => controller.abort(new TimeLimit(limitMs)))
  if (signal?.aborted) abort()
  signal?.addEventListener('abort', abort, { once: true })
  return {
    signal: controller.signal,
    [Symbol.dispose]() {
      timer.cancel()
      signal?.removeEventListener('abort', abort)
    },
  }
}

/** A signal that aborts when the first of `signals` does, with its reason. Dispose of it to let go of them. */
export function firstAborted(signals: readonly (AbortSignal | undefined)[]): Disposable & { signal: AbortSignal } {
  const controller = new AbortController()
  const given = signals.filter(signal => signal !== undefined)
  const abort = () => controller.abort(given.find(({ aborted }) => aborted)?.reason)
  if (given.some(({ aborted }) => aborted)) abort()
  for (const signal of given) signal.addEventListener('abort', abort, { once: true })
  return {
    signal: controller.signal,
    [Symbol.dispose]() {
      for (const signal of given) signal.removeEventListener('abort', abort)
    },
  }
}
