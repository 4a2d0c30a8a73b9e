import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { functionCheck } from '../../../src/discovery/health-checks/function-check.ts'

const { signal } = new AbortController()

function failing(): never {
  throw new Error('full')
}

describe('functionCheck', () => {
  it('passes unless the function throws, rejects, or returns false', async () => {
    for (const checking of [() => {}, () => true, async () => {}, async () => true]) {
      await functionCheck('disk', checking).check({ signal })
    }
    await assert.rejects(functionCheck('disk', failing).check({ signal }), new Error('full'))
    await assert.rejects(
      functionCheck('disk', () => Promise.reject(new Error('slow'))).check({ signal }),
      new Error('slow'),
    )
    await assert.rejects(functionCheck('disk', () => false).check({ signal }), /"disk" says no/)
    await assert.rejects(functionCheck('disk', async () => false).check({ signal }), /"disk" says no/)
  })

  it('hands its signal on', async () => {
    let seen: AbortSignal | undefined
    await functionCheck('disk', options => void (seen = options.signal)).check({ signal })
    assert.equal(seen, signal)
  })
})
