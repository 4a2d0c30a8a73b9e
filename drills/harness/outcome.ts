import { performance } from 'node:perf_hooks'
import type { Drill } from './drill.ts'
import { DrillRun, type DrillRunInit, type Figure, type Verdict } from './drill-run.ts'

/** What came of a Drill, as `--json` writes it. */
export interface Outcome {
  readonly name: string
  readonly what: string
  readonly seed: number
  readonly verdicts: readonly Verdict[]
  readonly figures: readonly Figure[]
  readonly skips: readonly string[]
  readonly tookMs: number
  /** Why it could not be done to its end, if it could not. */
  readonly failed?: string
}

/** Does a drill; what it started is ended when the promise settles. Never rejects: what goes wrong is in the Outcome. */
export async function outcomeOf({ name, what, drill }: Drill, init: DrillRunInit): Promise<Outcome> {
  const start = performance.now()
  const run = new DrillRun(init)
  let failed: string | undefined
  try {
    await drill(run)
  } catch (error) {
    failed = reasonOf(error)
  }
  try {
    await run[Symbol.asyncDispose]()
  } catch (error) {
    failed ??= reasonOf(error)
  }
  const { seed, verdicts, figures, skips } = run
  const tookMs = Math.round(performance.now() - start)
  return { name, what, seed, verdicts, figures, skips, tookMs, ...(failed !== undefined && { failed }) }
}

/** Whether everything that was promised was kept, and the drill done to its end. */
export function isKept({ failed, verdicts }: Outcome): boolean {
  return failed === undefined && verdicts.every(({ kept }) => kept)
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
