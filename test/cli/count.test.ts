import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { InvalidArgumentError } from 'commander'
import { parseCount } from '../../src/cli/count.ts'

describe('parseCount', () => {
  it('reads whole numbers from 1 on', () => {
    assert.deepEqual(['1', '20000'].map(parseCount), [1, 20_000])
  })

  it('refuses everything else', () => {
    for (const text of ['0', '-1', '1.5', '1e3', '', ' 1', 'many', '99999999999999999999'])
      assert.throws(() => parseCount(text), InvalidArgumentError, text)
  })
})
