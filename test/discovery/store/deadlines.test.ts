import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { Deadlines, type Due } from '../../../src/discovery/store/deadlines.ts'
import { FakeClock } from '../../../src/testing/fake-clock.ts'
import { StoppableClock } from './stoppable-clock.ts'

interface Item extends Due {
  readonly name: string
}

const item = (name: string): Item => ({ name, dueAt: Infinity })

function watched(clock = new FakeClock()) {
  const seen: string[] = []
  const pauses: number[] = []
  const deadlines = new Deadlines<Item>(clock, {
    onDue: ({ name }) => seen.push(`${name}@${clock.now()}`),
    onPause: pausedMs => pauses.push(pausedMs),
  })
  return { clock, seen, pauses, deadlines }
}

describe('Deadlines', () => {
  it('looks at each item at its time, in the order of their times', async () => {
    const { clock, seen, deadlines } = watched()
    deadlines.watch(item('b'), 20)
    deadlines.watch(item('a'), 10)
    deadlines.watch(item('c'), 30)
    await clock.advance(25)
    assert.deepEqual(seen, ['a@10', 'b@20'])
  })

  it('brings a time forward and does not put one off', async () => {
    const { clock, seen, deadlines } = watched()
    const one = item('one')
    deadlines.watch(one, 20)
    deadlines.watch(one, 10)
    deadlines.watch(one, 30)
    await clock.advance(100)
    assert.deepEqual(seen, ['one@10'])
  })

  it('does not look at what it was told to forget, nor keeps a timer for it alone', async () => {
    const { clock, seen, deadlines } = watched()
    const one = item('one')
    deadlines.watch(one, 10)
    deadlines.forget(one)
    assert.equal(clock.pending, 0)
    await clock.advance(100)
    assert.deepEqual(seen, [])
  })

  it('leaves no timer behind when closed, and takes no more', () => {
    const { clock, deadlines } = watched()
    deadlines.watch(item('a'), 10)
    deadlines.close()
    deadlines.watch(item('b'), 20)
    assert.equal(clock.pending, 0)
  })

  it('tells of a pause of its own process before it looks at anything', () => {
    let now = 0
    let wake: (() => void) | undefined
    const seen: (string | number)[] = []
    const schedule = (_delayMs: number, run: () => void) => {
      wake = run
      return { cancel: () => {} }
    }
    const deadlines = new Deadlines<Item>(
      { now: () => now, wallTime: () => now, schedule },
      {
        onDue: ({ name }) => seen.push(name),
        onPause: pausedMs => seen.push(pausedMs),
      },
    )
    deadlines.watch(item('a'), 10)
    now = 5_010
    wake?.()
    assert.deepEqual(seen, [5_000, 'a'])
  })

  it('measures a pause of its own process that ends just after the time of an item', () => {
    const clock = new StoppableClock()
    const seen: (string | number)[] = []
    const deadlines = new Deadlines<Item>(clock, {
      onDue: ({ name }) => seen.push(name),
      onPause: pausedMs => seen.push(pausedMs),
    })
    deadlines.watch(item('a'), 5_000)
    clock.run(1_500)
    clock.stop(3_600)
    assert.deepEqual(seen, [3_100, 'a'])
  })

  it('counts no time twice when several items that are due together are put off', () => {
    const clock = new StoppableClock()
    const pauses: number[] = []
    const deadlines = new Deadlines<Item>(clock, {
      onDue: due => deadlines.watch(due, clock.now() + 1_000),
      onPause: pausedMs => pauses.push(pausedMs),
    })
    for (const name of ['a', 'b', 'c']) deadlines.watch(item(name), 400)
    clock.stop(400)
    clock.stop(800)
    assert.deepEqual(pauses, [300])
  })

  it('looks at every item once and never early, whatever the times', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat({ max: 500 }), { maxLength: 40 }), async times => {
        const { clock, seen, deadlines } = watched()
        for (const [index, time] of times.entries()) deadlines.watch(item(`${index}`), time)
        await clock.advance(501)
        const order = times.map((time, index) => ({ time, name: `${index}@${time}` }))
        assert.deepEqual(seen.toSorted(), order.map(({ name }) => name).toSorted())
        assert.deepEqual(
          seen.map(name => Number(name.split('@')[1])),
          order.map(({ time }) => time).toSorted((a, b) => a - b),
        )
      }),
      { numRuns: 30 },
    )
  })
})
