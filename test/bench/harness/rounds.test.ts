import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Benchmark, Contender } from '../../../bench/harness/benchmark.ts'
import { atLeast } from '../../../bench/harness/bound.ts'
import { measureRounds, WARM_UP_ROUNDS } from '../../../bench/harness/rounds.ts'
import { EngineMissingError } from '../../../tools/engines/find.ts'

describe('measureRounds', () => {
  test('alternates between the contenders and leaves the warm-up out', async () => {
    const log: string[] = []
    const measured = await measureRounds(benchmarkOf(recorder('A', log), recorder('B', log)), 2)

    assert.deepEqual(
      log.filter(entry => entry.startsWith('measure')),
      Array.from({ length: WARM_UP_ROUNDS + 2 }, () => ['measure A', 'measure B']).flat(),
    )
    assert.deepEqual(measured.get('A'), [WARM_UP_ROUNDS + 1, WARM_UP_ROUNDS + 2])
  })

  test('opens a contender once, however many goals name it', async () => {
    const log: string[] = []
    const [ours, peer] = [recorder('A', log), recorder('B', log)]
    const goals = [{ against: peer, bound: atLeast(1) }, { against: peer, bound: atLeast(2) }, { bound: atLeast(3) }]
    await measureRounds({ ...benchmarkOf(ours, peer), goals }, 1)

    assert.deepEqual(
      log.filter(entry => entry.startsWith('open')),
      ['open A', 'open B'],
    )
  })

  test('goes on without a contender whose engine is missing, and tells why', async () => {
    const missing = { name: 'B', open: () => Promise.reject(new EngineMissingError('B is not installed')) }
    const measured = await measureRounds(benchmarkOf(recorder('A', []), missing), 1)

    assert.equal(measured.get('B'), 'B is not installed')
    assert.equal(measured.get('A')?.length, 1)
  })

  test('closes what it opened when a round fails, and rejects', async () => {
    const log: string[] = []
    const failing: Contender = {
      name: 'B',
      open: async () => ({
        measure: () => Promise.reject(new Error('B broke')),
        close: async () => void log.push('close B'),
      }),
    }
    await assert.rejects(measureRounds(benchmarkOf(recorder('A', log), failing), 1), /B broke/)

    assert.deepEqual(log.filter(entry => entry.startsWith('close')).toSorted(), ['close A', 'close B'])
  })
})

function benchmarkOf(ours: Contender, peer: Contender): Benchmark {
  return { area: 'web', name: 'hello', unit: 'rounds', ours, goals: [{ against: peer, bound: atLeast(1) }] }
}

/** A contender that writes down what is done with it, and whose figure is the number of the round. */
function recorder(name: string, log: string[]): Contender {
  return {
    name,
    async open() {
      log.push(`open ${name}`)
      let round = 0
      return {
        async measure() {
          log.push(`measure ${name}`)
          return ++round
        },
        close: async () => void log.push(`close ${name}`),
      }
    },
  }
}
