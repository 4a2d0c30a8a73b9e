import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { ServiceNode } from '../../src/application/node.ts'
import { nodeOf } from '../../src/application/node-of.ts'
import { Transition } from '../../src/application/transition.ts'
import { treeOf } from '../../src/application/tree.ts'
import { FakeClock } from '../../src/testing/fake-clock.ts'
import { Probe } from './probe.ts'

function world() {
  const clock = new FakeClock()
  return { clock, node: nodeOf(new Probe('web', [], { clock })) }
}

function transition(node: ServiceNode, body: (current: Transition) => Promise<void>): Transition {
  return new Transition({ direction: 'up', top: node, tree: treeOf(node), body })
}

/** A body that goes on until the transition is given up or its deadline passes, and says which. */
async function untilTold({ givenUp, limits: { stop: deadline } }: Transition): Promise<void> {
  await new Promise((_, reject) => {
    givenUp.addEventListener('abort', () => reject(new Error('given up')))
    deadline.addEventListener('abort', () => reject(new Error('out of time')))
  })
}

describe('Transition', () => {
  it('begins when the one before it is over, however that ended', async () => {
    const { node } = world()
    const order: string[] = []
    const first = transition(node, async () => {
      order.push('first')
      throw new Error('no')
    })
    const second = transition(node, async () => void order.push('second'))
    await assert.rejects(first.join(), { message: 'no' })
    await second.join()
    assert.deepEqual([order, node.turns], [['first', 'second'], []])
  })

  it('is given up when every caller has withdrawn, and is undone before the last of them hears of it', async () => {
    const { node, clock } = world()
    const current = transition(node, untilTold)
    const [a, b] = [new AbortController(), new AbortController()]
    const joined = [a, b].map(({ signal }) => current.join(signal))
    const outcomes = Promise.allSettled(joined)
    await clock.settle()
    a.abort(new Error('a left'))
    await assert.rejects(joined[0] as Promise<void>, { message: 'a left' })
    assert.equal(current.givenUp.aborted, false)
    b.abort(new Error('b left'))
    const [, last] = await outcomes
    assert.deepEqual([last?.status, current.givenUp.reason.message], ['rejected', 'b left'])
  })

  it('does not begin when it is given up while it waits', async () => {
    const { node, clock } = world()
    const first = transition(node, untilTold)
    const second = transition(node, () => assert.fail('it began'))
    const giveUp = new AbortController()
    const joined = assert.rejects(second.join(giveUp.signal), { message: 'enough' })
    giveUp.abort(new Error('enough'))
    await joined
    assert.deepEqual(node.turns, [first])
    first.limit(0)
    await Promise.all([assert.rejects(first.join()), clock.advance(0)])
  })

  it('hurries, at its deadline, those ahead of it', async () => {
    const { node, clock } = world()
    const ahead = transition(node, untilTold)
    const behind = transition(node, ({ limits: { stop: deadline } }) => {
      assert.equal(deadline.reason.name, 'TimeoutError')
      return Promise.resolve()
    })
    behind.limit(100)
    const hurried = assert.rejects(ahead.join(), { message: 'given up' })
    await clock.advance(100)
    await Promise.all([hurried, behind.join()])
    assert.equal(clock.pending, 0)
  })

  it('takes back the wish it was made for when it fails', async () => {
    const { node } = world()
    const current = transition(node, () => Promise.reject(new Error('no')))
    node.desire('started', current)
    await assert.rejects(current.join())
    assert.equal(node.desired, 'stopped')
    const other = transition(node, () => Promise.reject(new Error('no')))
    node.desire('started', 'somebody else')
    await assert.rejects(other.join())
    assert.equal(node.desired, 'started')
  })
})
