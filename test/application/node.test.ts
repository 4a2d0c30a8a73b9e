import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { MultiService } from '../../src/application/multi-service.ts'
import { nodeOf } from '../../src/application/node-of.ts'
import { observe } from '../../src/core/event.ts'
import { FakeClock } from '../../src/testing/fake-clock.ts'
import { Probe } from './probe.ts'

describe('ServiceNode', () => {
  it('has a path from the root, and takes clock and deadline from the nearest above that has one', () => {
    const clock = new FakeClock()
    const web = new Probe('web')
    const group = new MultiService('group', [web], { deadlineMs: 70 })
    const root = new MultiService('app', [group], { clock })
    const node = nodeOf(web)
    assert.deepEqual([node.path, node.clock, node.deadlineMs], ['/app/group/web', clock, 70])
    assert.equal(nodeOf(root).deadlineMs, 10_000)
  })

  it('tells every change of status once, with the status before and the time', async () => {
    const clock = new FakeClock({ wallTime: 1_000 })
    const node = nodeOf(new Probe('web', [], { clock }))
    const told: unknown[] = []
    const stop = observe('service', ({ path, from, status }) => told.push([path, from, status]))
    await clock.advance(5)
    node.become('starting')
    node.become('starting')
    node.become('ready')
    stop()
    assert.deepEqual(told, [
      ['/web', 'idle', 'starting'],
      ['/web', 'starting', 'ready'],
    ])
    assert.equal(node.since, 1_005)
  })

  it('has reached all phases before the one it has reached', () => {
    const node = nodeOf(new Probe('web'))
    assert.equal(node.hasReached('bind'), false)
    node.reached = 'start'
    assert.deepEqual(
      [node.hasReached('bind'), node.hasReached('start'), node.hasReached('register')],
      [true, true, false],
    )
  })

  it('takes back a wish only while it is the last', () => {
    const node = nodeOf(new Probe('web'))
    node.desire('started', 'first')
    node.desire('started', 'second')
    node.abandonWish('first')
    assert.equal(node.desired, 'started')
    node.abandonWish('second')
    assert.equal(node.desired, 'stopped')
  })

  it('ends a recovery when it is wished to be stopped, or when the next one begins', () => {
    const node = nodeOf(new Probe('web'))
    node.desire('started', 'somebody')
    const first = node.beginRecovery()
    const second = node.beginRecovery()
    assert.deepEqual([first.aborted, second.aborted], [true, false])
    node.desire('stopped', 'somebody')
    assert.equal(second.aborted, true)
  })

  it('counts a child that recovers as not quite well, and forgets why it was degraded when it starts anew', () => {
    const web = new Probe('web')
    const root = nodeOf(new MultiService('app', [web]))
    const child = nodeOf(web)
    for (const node of [root, child]) node.become('ready')
    child.desire('started', 'somebody')
    child.beginRecovery()
    root.refresh()
    assert.equal(root.status, 'degraded')
    child.endRecovery()
    assert.equal(root.status, 'ready')
    child.degrade('slow')
    child.become('stopped')
    child.become('starting')
    child.become('ready')
    child.refresh()
    assert.deepEqual([child.status, child.reason], ['ready', undefined])
  })
})
