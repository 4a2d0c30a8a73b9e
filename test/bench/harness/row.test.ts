import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Benchmark, Contender, Goal } from '../../../bench/harness/benchmark.ts'
import { atLeast, atMost } from '../../../bench/harness/bound.ts'
import { failedResult, resultOf } from '../../../bench/harness/row.ts'

const ours = contender('ours')
const peer = contender('peer')
const comparison: Goal = { against: peer, bound: atLeast(2) }
const absolute: Goal = { bound: atMost(15) }
const benchmark: Benchmark = { area: 'web', name: 'hello', unit: 'per second', ours, goals: [comparison, absolute] }

describe('The row of a goal', () => {
  test('has exactly the fields that programs read', () => {
    const measured = new Map([
      ['ours', [20, 30, 40]],
      ['peer', [10, 10, 10]],
    ])
    assert.deepEqual(resultOf(benchmark, comparison, measured).row, {
      area: 'web',
      name: 'hello',
      against: 'peer',
      ratio: 3,
      min: 2,
      max: 4,
      goal: '≥ 2',
      met: true,
    })
  })

  test('takes the median of the ratios, not the ratio of the medians', () => {
    const measured = new Map([
      ['ours', [10, 100, 30]],
      ['peer', [10, 10, 30]],
    ])
    const { row } = resultOf(benchmark, comparison, measured)
    assert.deepEqual([row.ratio, row.met], [1, false])
  })

  test('has our own figure when there is no peer', () => {
    const { row, theirs } = resultOf(benchmark, absolute, new Map([['ours', [14, 16, 15]]]))
    assert.deepEqual([row.against, row.ratio, row.min, row.max, row.met], ['–', 15, 14, 16, true])
    assert.equal(theirs, undefined)
  })

  test('is skipped, with the reason, when the peer could not be measured', () => {
    const measured = new Map<string, number[] | string>([
      ['ours', [1]],
      ['peer', 'etcd is not installed'],
    ])
    const { row, skipped } = resultOf(benchmark, comparison, measured)
    assert.deepEqual([row.ratio, row.min, row.max, row.met], [null, null, null, null])
    assert.equal(skipped, 'etcd is not installed')
  })
})

describe('A row that fails', () => {
  test('has not met its goal, and says what went wrong', () => {
    const { row, failed } = failedResult(benchmark, comparison, new Error('the program has ended\nat once'))
    assert.deepEqual([row.name, row.against, row.ratio, row.met], [benchmark.name, 'peer', null, false])
    assert.equal(failed, 'the program has ended')
  })
})

function contender(name: string): Contender {
  return { name, open: () => Promise.reject(new Error('Nothing is measured here')) }
}
