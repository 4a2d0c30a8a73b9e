import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { Turns } from '../../../src/discovery/engine/turns.ts'

describe('Turns', () => {
  it('has what comes under one name happen one after the other, whatever became of that before', async () => {
    const turns = new Turns()
    const happened: string[] = []
    const act = (what: string) => async () => {
      happened.push(`${what} begins`)
      await nextTurn()
      happened.push(`${what} ends`)
      if (what === 'first') throw new Error('no')
      return what
    }
    const first = assert.rejects(turns.take('a', act('first')), /no/)
    const second = turns.take('a', act('second'))
    await first
    assert.equal(await second, 'second')
    assert.deepEqual(happened, ['first begins', 'first ends', 'second begins', 'second ends'])
  })

  it('has what comes under other names happen meanwhile', async () => {
    const turns = new Turns()
    const { promise, resolve } = Promise.withResolvers<void>()
    const waiting = turns.take('a', () => promise)
    assert.equal(await turns.take('b', () => Promise.resolve(1)), 1)
    resolve()
    await waiting
  })

  it('is idle when nothing is under way, of what came while that was waited for too', async () => {
    const turns = new Turns()
    await turns.idle()
    let done = 0
    const count = async () => {
      await nextTurn()
      done++
    }
    void turns.take('a', async () => {
      await count()
      void turns.take('b', count)
    })
    await turns.idle()
    assert.equal(done, 2)
  })
})
