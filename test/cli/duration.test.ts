import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { InvalidArgumentError } from 'commander'
import { parseDuration } from '../../src/cli/duration.ts'

describe('parseDuration', () => {
  it('reads milliseconds, seconds, minutes and hours, with a fraction', () => {
    assert.deepEqual(
      ['250ms', '5s', '1.5s', '2m', '1h', '0s'].map(parseDuration),
      [250, 5_000, 1_500, 120_000, 3_600_000, 0],
    )
  })

  it('refuses a number without its unit, and what is no duration', () => {
    for (const text of ['5', 's', '-1s', '1 s', '1d', '', '5s5'])
      assert.throws(() => parseDuration(text), InvalidArgumentError)
  })
})
