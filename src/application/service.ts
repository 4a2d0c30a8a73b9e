import type { Abortable } from '../core/abort.ts'

/**
 * Where a Service actually is. `degraded` is ready with something amiss, `failed` is stopped by an error. What it is *meant* to be is
 * only started or stopped; the status follows.
 */
export type ServiceStatus = 'idle' | 'starting' | 'ready' | 'degraded' | 'draining' | 'stopping' | 'stopped' | 'failed'

/** How to start. Aborting `signal` gives the start up: what has started is stopped again, and `start()` rejects. */
export type StartOptions = Abortable

/** How to stop. */
export interface StopOptions {
  /** How long work in flight may take to finish, in milliseconds; what is left then is destroyed. Default 10,000. */
  deadlineMs?: number
}

/**
 * A thing with `start()` and `stop()` in the tree. Both are idempotent: a second call joins the first. A call that contradicts the
 * one under way waits for it. A stopped Service starts again.
 */
export interface Service extends AsyncDisposable {
  /** Unique among siblings; a part of the path that addresses this node. */
  readonly name: string
  readonly status: ServiceStatus
  /** Resolves when ready; rejects, with everything undone, when it cannot be. */
  start(options?: StartOptions): Promise<void>
  /** Resolves when nothing of it is left running; rejects if something could not be stopped, which is then abandoned and named. */
  stop(options?: StopOptions): Promise<void>
}
