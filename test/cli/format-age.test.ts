import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { formatAge } from '../../src/cli/format-age.ts'

describe('formatAge', () => {
  it('shows the two largest units that count', () => {
    assert.deepEqual([12_000, 302_000, 300_000, 3_600_000 * 25 + 60_000, 86_400_000 * 3 + 59_000].map(formatAge), [
      '12s',
      '5m2s',
      '5m',
      '1d1h',
      '3d',
    ])
  })

  it('shows less than a second, and the future of a clock that differs, as 0s', () => {
    assert.deepEqual([999, 0, -5_000].map(formatAge), ['0s', '0s', '0s'])
  })
})
