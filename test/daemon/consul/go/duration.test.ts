import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import {
  durationProblem,
  formatGoDuration,
  parseGoDuration,
  wholeNs,
} from '../../../../src/daemon/consul/go/duration.ts'

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
      '1.s': 1e9,
      '0.57s': 57e7,
      '0.1ns': 0,
      '2562047h': 2_562_047 * 3.6e12,
    }
    for (const [text, ns] of Object.entries(durations)) assert.equal(parseGoDuration(text), ns, text)
  })

  it('takes nothing else for a duration', () => {
    for (const text of ['', '5', 'soon', '5 s', '1d', 's', '1s2', '--1s', '.', '.s', '2562048h'])
      assert.equal(parseGoDuration(text), undefined, text)
  })
})

describe('durationProblem', () => {
  it('says what Go says of a text that is no duration', () => {
    const problems = {
      '5': 'time: missing unit in duration "5"',
      '1m5': 'time: missing unit in duration "1m5"',
      '1d': 'time: unknown unit "d" in duration "1d"',
      '5 s': 'time: unknown unit " s" in duration "5 s"',
      '5toString': 'time: unknown unit "toString" in duration "5toString"',
      soon: 'time: invalid duration "soon"',
      '': 'time: invalid duration ""',
      '2562048h': 'time: invalid duration "2562048h"',
      '5\n': 'time: unknown unit "\n" in duration "5\n"',
    }
    for (const [text, problem] of Object.entries(problems)) assert.equal(durationProblem(text), problem)
  })

  it('looks at no more than a duration can have, however long the text is', () => {
    const digits = '1'.repeat(500_000)
    assert.equal(parseGoDuration(digits), undefined)
    assert.match(durationProblem(digits), /^time: invalid duration "1{100}"$/)
  })
})

describe('wholeNs', () => {
  it('makes of a number what Go makes of it', () => {
    assert.deepEqual([10.7, -10.7, 2n ** 53n, 1e30, -1e30].map(wholeNs), [10, -10, 2 ** 53, -(2 ** 63), -(2 ** 63)])
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
