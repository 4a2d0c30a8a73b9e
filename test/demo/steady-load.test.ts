import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { dueAfterMs, SteadyLoad } from '../../demo/steady-load.ts'

describe('dueAfterMs', () => {
  it('spaces the requests evenly where there is no ramp', () => {
    const due = [0, 1, 2, 3].map(number => dueAfterMs(number, { perSecond: 200, rampMs: 0 }))
    assert.deepEqual(due, [0, 5, 10, 15])
  })

  it('makes half as many requests in the time of the ramp as later in the same time', () => {
    const rate = { perSecond: 800, rampMs: 3_000 }
    assert.equal(dueAfterMs(0, rate), 0)
    assert.equal(dueAfterMs(1_200, rate), 3_000)
    assert.equal(dueAfterMs(1_200 + 2_400, rate), 6_000)
  })

  it('never has one due before another that comes first, and comes closer together until the ramp is over', () => {
    const due = Array.from({ length: 2_000 }, (_, number) => dueAfterMs(number, { perSecond: 800, rampMs: 3_000 }))
    const gaps = due.slice(1).map((at, index) => at - (due[index] as number))
    assert.ok(gaps.every((gap, index) => gap > 0 && (index === 0 || gap <= (gaps[index - 1] as number) + 1e-6)))
  })
})

describe('SteadyLoad', () => {
  it('waits at 100 unanswered requests, goes on with the answers, and has been answered all when it has stopped', async () => {
    const waiting: (() => void)[] = []
    let asked = 0
    let answered = 0
    const full = Promise.withResolvers<void>()
    const load = new SteadyLoad({ perSecond: 1_000_000, rampMs: 0 }, async () => {
      asked++
      if (asked === 100) full.resolve()
      if (asked <= 100) await new Promise<void>(resolve => waiting.push(resolve))
      answered++
    })
    load.start()
    await full.promise
    await new Promise(resolve => setImmediate(resolve))
    assert.equal(asked, 100)
    const stopped = load.stop()
    for (const answer of waiting) answer()
    assert.equal(await stopped, asked)
    assert.equal(answered, asked)
  })
})
