import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { Topics } from '../../../../src/daemon/consul/live/topics.ts'
import { Turn } from '../../../../src/daemon/turn.ts'

describe('Topics', () => {
  it('says when one of several last changed, and of what never did, when it began', () => {
    const topics = new Topics(new Turn(), 10)
    assert.equal(topics.revision(['a', 'b']), 10)
    topics.touch('a', 11)
    topics.touch('c', 12)
    assert.deepEqual([topics.revision(['a', 'b']), topics.revision(['b'])], [11, 10])
  })

  it('tells who waits once per turn, and no more after that', async () => {
    const topics = new Topics(new Turn(), 10)
    let told = 0
    const unwatch = topics.watch(['a', 'b'], () => told++)
    topics.touch('a', 11)
    topics.touch('b', 12)
    topics.touch('c', 13)
    await nextTurn()
    assert.equal(told, 1)
    topics.touch('a', 14)
    unwatch()
    await nextTurn()
    assert.equal(told, 1)
    assert.ok(!topics.isWatched('a'))
  })

  it('forgets the longest unchanged of very many, and then knows only that it did not change since', () => {
    const topics = new Topics(new Turn(), 0)
    for (let number = 1; number <= 100_002; number++) topics.touch(`t${number}`, number)
    assert.deepEqual([topics.revision(['t1']), topics.revision(['t3']), topics.revision(['never'])], [2, 3, 2])
  })
})
