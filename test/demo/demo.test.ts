import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { Outcome } from '../../demo/outcome.ts'

const main = fileURLToPath(new URL('../../demo/main.ts', import.meta.url))

async function runDemo(...more: string[]): Promise<{ status: number; outcome: Outcome; progress: string }> {
  const args = ['--conditions=ropewalk-development', main, '--json', '--skip-comparison', ...more]
  const demo = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  const [stdout, progress, [status]] = await Promise.all([text(demo.stdout), text(demo.stderr), once(demo, 'exit')])
  const last = stdout.trim().split('\n').at(-1) ?? ''
  assert.match(last, /^\{/, progress)
  return { status: status as number, outcome: JSON.parse(last) as Outcome, progress }
}

describe('The demo', () => {
  it('loses no request in restarts, crashes, losses of the registry, pauses and scaling', async () => {
    const { status, outcome, progress } = await runDemo()
    assert.equal(outcome.failed, 0, progress)
    assert.equal(outcome.requestsAfterDrain, 0, progress)
    assert.equal(status, 0, progress)
    assert.ok(outcome.requests > 1_000, `only ${outcome.requests} requests were made`)
    assert.ok(outcome.crashToUnpickedMs !== null, 'no resolver was seen to let go of the crashed instance')
    assert.ok(outcome.drainAcknowledgedMs !== null, 'no drain was seen')
  })
})
