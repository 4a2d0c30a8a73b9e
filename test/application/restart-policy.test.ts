import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { RestartWindow } from '../../src/application/restart-policy.ts'

describe('RestartWindow', () => {
  it('admits as many restarts within the window as allowed, and no more', () => {
    const window = new RestartWindow({ maxRestarts: 2, windowMs: 1_000 })
    assert.deepEqual([window.admit(0), window.admit(1), window.admit(2)], [0, 1, undefined])
  })

  it('forgets restarts that are older than the window', () => {
    const window = new RestartWindow({ maxRestarts: 1, windowMs: 1_000 })
    assert.deepEqual([window.admit(0), window.admit(999), window.admit(1_000)], [0, undefined, 0])
  })

  it('admits none when the limit is 0', () => {
    assert.equal(new RestartWindow({ maxRestarts: 0 }).admit(0), undefined)
  })
})
