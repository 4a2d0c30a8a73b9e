import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Turn, type TurnTaker } from '../../src/application/turn.ts'

function takers(count: number): TurnTaker[] {
  return Array.from({ length: count }, () => ({ turns: [] }))
}

async function hasBegun(turn: Turn): Promise<boolean> {
  return Promise.race([turn.begun.then(() => true), new Promise<boolean>(resolve => setImmediate(resolve, false))])
}

describe('Turn', () => {
  it('begins at once when nobody is ahead', async () => {
    assert.equal(await hasBegun(new Turn(takers(2))), true)
  })

  it('waits for each turn ahead of it that shares a taker', async () => {
    const [a, b] = takers(2) as [TurnTaker, TurnTaker]
    const first = new Turn([a])
    const second = new Turn([b])
    const both = new Turn([a, b])
    first.end()
    assert.equal(await hasBegun(both), false)
    second.end()
    assert.equal(await hasBegun(both), true)
  })

  it('begins beside a turn with which it shares nothing', async () => {
    const [a, b] = takers(2) as [TurnTaker, TurnTaker]
    const first = new Turn([a])
    assert.equal(await hasBegun(new Turn([b])), true)
    first.end()
  })

  it('keeps the order in which turns were asked for', async () => {
    const [a] = takers(1) as [TurnTaker]
    const turns = [new Turn([a]), new Turn([a]), new Turn([a])] as const
    turns[0].end()
    assert.deepEqual(await Promise.all(turns.map(hasBegun)), [true, true, false])
  })

  it('lets those behind it begin when it leaves the line before its time', async () => {
    const [a, b] = takers(2) as [TurnTaker, TurnTaker]
    const ahead = new Turn([a])
    const impatient = new Turn([a, b])
    const behind = new Turn([b])
    impatient.end()
    assert.equal(await hasBegun(behind), true)
    ahead.end()
    ahead.end()
  })

  it('knows who is ahead of it in any of its lines', () => {
    const [a, b] = takers(2) as [TurnTaker, TurnTaker]
    const whole = new Turn([a, b])
    const part = new Turn([b])
    const again = new Turn([a, b])
    assert.deepEqual(part.ahead, [whole])
    assert.deepEqual(again.ahead, [whole, part])
  })
})
