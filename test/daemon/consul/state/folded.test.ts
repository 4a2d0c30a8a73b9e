import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { isSameName } from '../../../../src/daemon/consul/state/folded.ts'

describe('isSameName', () => {
  it('does not regard case', () => {
    assert.deepEqual(
      [isSameName('Web', 'wEB'), isSameName('web', 'web'), isSameName('web', 'web2')],
      [true, true, false],
    )
  })
})
