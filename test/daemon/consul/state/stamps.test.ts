import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Stamps } from '../../../../src/daemon/consul/state/stamps.ts'

describe('Stamps', () => {
  it('gives what belongs together one index, also within others, and goes on after a failure', () => {
    let newest = 0
    const stamps = new Stamps(() => ++newest)
    assert.equal(stamps.next(), 1)
    const inner = () => stamps.together(() => stamps.next())
    assert.deepEqual(
      stamps.together(() => [stamps.next(), inner(), stamps.next()]),
      [2, 2, 2],
    )
    const failing = () =>
      stamps.together(() => {
        throw new Error('refused')
      })
    assert.throws(failing, { message: 'refused' })
    assert.deepEqual([stamps.next(), stamps.next()], [4, 5])
  })
})
