import assert from 'node:assert/strict'
import { beforeEach, describe, it } from 'node:test'
import { Ejections } from '../../src/client/ejections.ts'
import type { Peer } from '../../src/client/peer.ts'
import { FakeClock } from '../../src/testing/index.ts'
import { instanceOf, peerOf } from './settings.ts'

let clock: FakeClock
let changes: boolean[]
let probesDue: number
let ejections: Ejections
let peer: Peer

const yes = () => true
const no = () => false

beforeEach(() => {
  clock = new FakeClock()
  changes = []
  probesDue = 0
  peer = peerOf(instanceOf('a'))
  ejections = new Ejections({
    clock,
    random: { next: () => 1 },
    probeMs: 5_000,
    onChange: ({ ejected }) => void changes.push(ejected),
    onProbe: () => void probesDue++,
  })
})

describe('Ejections', () => {
  it('put a Peer aside once, however often it fails meanwhile', () => {
    assert.equal(ejections.eject(peer, 'unreachable'), true)
    assert.equal(ejections.eject(peer, 'unreachable'), false)
    assert.equal(peer.ejected, true)
    assert.deepEqual(changes, [true])
  })

  it('have it probed after its time, which doubles with every failed probe', async () => {
    ejections.eject(peer, 'unreachable')
    for (const delayMs of [100, 200, 400, 800]) {
      assert.equal(clock.nextDelayMs, delayMs)
      await clock.advance(delayMs)
      assert.equal(ejections.isProbeDue, true)
      assert.equal(ejections.takeProbe(no), peer)
      assert.equal(ejections.isProbeDue, false)
      ejections.eject(peer, 'unreachable')
    }
    assert.equal(probesDue, 4)
    assert.deepEqual(changes, [true])
  })

  it('put nobody aside for longer than half a minute at a time', async () => {
    ejections.eject(peer, 'unreachable')
    for (let failures = 0; failures < 20; failures++) {
      await clock.advance(clock.nextDelayMs ?? 0)
      ejections.takeProbe(yes)
      ejections.eject(peer, 'unreachable')
    }
    assert.equal(clock.nextDelayMs, 30_000)
  })

  it('let it back in when it answers what was asked after it had failed', async () => {
    ejections.eject(peer, 'unreachable')
    assert.equal(ejections.answered(peer, -1), false)
    await clock.advance(100)
    ejections.takeProbe(yes)
    assert.equal(ejections.answered(peer, clock.now()), true)
    assert.deepEqual([peer.ejected, ejections.isProbeDue, clock.pending], [false, false, 0])
    ejections.eject(peer, 'unreachable')
    assert.equal(clock.nextDelayMs, 100)
  })

  it('spare what may not be repeated the probe of one that hangs, until nothing else has come for as long again', async () => {
    ejections.eject(peer, 'hanging')
    await clock.advance(100)
    assert.equal(ejections.takeProbe(no), undefined)
    await clock.advance(100)
    assert.equal(ejections.takeProbe(no), peer)
  })

  it('have it probed again when a probe came to nothing, but not before it would have failed', async () => {
    ejections.eject(peer, 'unreachable')
    await clock.advance(100)
    ejections.takeProbe(yes)
    await clock.advance(4_999)
    assert.equal(ejections.takeProbe(yes), undefined)
    await clock.advance(1)
    assert.equal(ejections.takeProbe(yes), peer)
  })

  it('wait for no probe of one whose first fails after the next was due', async () => {
    ejections.eject(peer, 'hanging')
    await clock.advance(100)
    ejections.takeProbe(yes)
    await clock.advance(5_000)
    assert.equal(ejections.isProbeDue, true)
    ejections.eject(peer, 'hanging')
    assert.deepEqual([ejections.isProbeDue, clock.nextDelayMs], [false, 200])
    ejections.pardon(peer)
    assert.deepEqual([ejections.isProbeDue, clock.pending], [false, 0])
  })

  it('let one that could not be connected to back in when it can, and not one that hangs', () => {
    assert.equal(ejections.connected(peer), false)
    ejections.eject(peer, 'hanging')
    assert.equal(ejections.connected(peer), false)
    ejections.pardon(peer)
    ejections.eject(peer, 'unreachable')
    assert.equal(ejections.connected(peer), true)
    assert.deepEqual([peer.ejected, clock.pending], [false, 0])
  })

  it('have one that could not be connected to tried again by who only connects, and not one that hangs', async () => {
    const hanging = peerOf(instanceOf('b'))
    ejections.eject(hanging, 'hanging')
    ejections.eject(peer, 'unreachable')
    assert.equal(ejections.takeUnreachable(), undefined)
    await clock.advance(1_000)
    assert.deepEqual([ejections.takeUnreachable(), ejections.takeUnreachable()], [peer, undefined])
    assert.equal(ejections.takeProbe(yes), hanging)
  })

  it('hold nothing against one that is forgotten and comes back', () => {
    ejections.eject(peer, 'unreachable')
    ejections.forget(peer)
    assert.equal(peer.ejected, false)
  })

  it('leave no timers behind', async () => {
    ejections.eject(peer, 'unreachable')
    await clock.advance(100)
    ejections.forget(peer)
    assert.equal(ejections.isProbeDue, false)
    const other = peerOf(instanceOf('b'))
    ejections.eject(other, 'hanging')
    ejections.close()
    assert.equal(clock.pending, 0)
  })
})
