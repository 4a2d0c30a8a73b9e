import type { DrillRun } from './drill-run.ts'

/** A bad day for the registry daemon that is made on purpose: what is promised for it is looked at, and figures are taken. */
export interface Drill {
  /** The name of its file: what it is asked for by. */
  readonly name: string
  /** What is done, and to whom, in a sentence. */
  readonly what: string
  /**
   * Does it, and tells `run` what came of it. What it started it leaves to `run` to end. Rejects when it could not be done, which counts as a
   * broken promise.
   */
  readonly drill: (run: DrillRun) => Promise<void>
}
