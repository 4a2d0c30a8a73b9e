import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Progress } from '../../../src/adapters/consul/progress.ts'

describe('Progress', () => {
  it('lets those go on who wait for what has been reached', async () => {
    const progress = new Progress()
    const reached: number[] = []
    const waits = [3, 5, 9].map(async revision => {
      await progress.reach(revision, {})
      reached.push(revision)
    })
    progress.advance(4)
    await waits[0]
    assert.deepEqual(reached, [3])
    let isReached = false
    const until = progress.until(() => isReached, {})
    isReached = true
    progress.advance(5)
    await Promise.all([until, waits[1]])
    assert.deepEqual(reached, [3, 5])
    progress.end()
    await Promise.all(waits)
    await progress.reach(1_000, {})
  })

  it('lets go of who gives up', async () => {
    const reason = new Error('given up')
    await assert.rejects(new Progress().reach(1, { signal: AbortSignal.abort(reason) }), reason)
  })
})
