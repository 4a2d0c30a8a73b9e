import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { formatGoDuration, parseGoDuration } from '../../../../src/daemon/consul/go/duration.ts'

describe('parseGoDuration', () => {
  it('reads what Go reads, in nanoseconds', () => {
    const durations = {
      '10s': 10e9,
      '1m30s': 90e9,
      '60000ms': 60e9,
      '1.5h': 5.4e12,
      '-2s': -2e9,
      '0': 0,
      '3us': 3e3,
      '.5s': 5e8,
    }
    for (const [text, ns] of Object.entries(durations)) assert.equal(parseGoDuration(text), ns, text)
  })

  it('takes nothing else for a duration', () => {
    for (const text of ['', '5', 'soon', '5 s', '1d', 's', '1s2', '--1s'])
      assert.equal(parseGoDuration(text), undefined, text)
  })
})

describe('formatGoDuration', () => {
  it('writes durations as Go does', () => {
    const texts = {
      '0s': 0,
      '1.5s': 1.5e9,
      '1m30s': 90e9,
      '24h0m0s': 86_400e9,
      '200ms': 2e8,
      '5µs': 5e3,
      '7ns': 7,
      '-1s': -1e9,
    }
    for (const [text, ns] of Object.entries(texts)) assert.equal(formatGoDuration(ns), text)
  })

  it('is read back as the same', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e15 }), ns => {
        const read = parseGoDuration(formatGoDuration(ns)) ?? NaN
        assert.ok(Math.abs(read - ns) <= 1)
      }),
    )
  })
})
