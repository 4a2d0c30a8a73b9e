import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import type { Outcome } from '../../demo/outcome.ts'

const main = fileURLToPath(new URL('../../demo/main.ts', import.meta.url))

/** How a run of the demo ended: its exit status, its tally, and what it said on the way. */
export interface DemoRun {
  readonly status: number
  readonly outcome: Outcome
  readonly progress: string
}

/** Runs the demo with these arguments, as a process. */
export async function runDemo(...more: string[]): Promise<DemoRun> {
  const args = ['--conditions=ropewalk-development', main, '--json', '--skip-comparison', ...more]
  const demo = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  const [stdout, progress, [status]] = await Promise.all([text(demo.stdout), text(demo.stderr), once(demo, 'exit')])
  const last = stdout.trim().split('\n').at(-1) ?? ''
  assert.match(last, /^\{/, progress)
  return { status: status as number, outcome: JSON.parse(last) as Outcome, progress }
}

/** Asserts that no request failed, none came too late, and that all was seen that was to be shown. */
export function assertLossless({ status, outcome, progress }: DemoRun): void {
  assert.equal(outcome.failed, 0, progress)
  assert.equal(outcome.requestsAfterDrain, 0, progress)
  assert.equal(status, 0, progress)
  assert.ok(outcome.requests > 1_000, `only ${outcome.requests} requests were made`)
  assert.ok(outcome.crashToUnpickedMs !== null, 'no resolver was seen to let go of the crashed instance')
  assert.ok(outcome.drainAcknowledgedMs !== null, 'no drain was seen')
}
