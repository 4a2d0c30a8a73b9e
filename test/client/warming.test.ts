import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, it } from 'node:test'
import type { Peer } from '../../src/client/peer.ts'
import { Peers } from '../../src/client/peers.ts'
import { FakeClock } from '../../src/testing/index.ts'
import { ask, Cluster, inTurn, tally } from './cluster.ts'
import { instanceOf, settingsOf } from './settings.ts'

let cluster: Cluster

beforeEach(() => {
  cluster = new Cluster()
})

afterEach(() => cluster.close())

describe('Warming', () => {
  it('spares an Instance that has just started beside older ones, which is explained', async () => {
    await cluster.start(2, { startedAt: 0 })
    await cluster.startOne({ id: 'new' })
    const client = cluster.client({ balancer: inTurn, slowStartMs: 3_600_000 })
    assert.deepEqual(await tally(21, () => ask(client)), { 'users-0': 10, 'users-1': 10, new: 1 })
    const { candidates } = client.explain('users')
    const shares = Object.fromEntries(candidates.map(({ id, share }) => [id, share]))
    assert.deepEqual(shares, { 'users-0': 1, 'users-1': 1, new: 0.1 })
  })

  it('gives it more step by step, and waits for nothing more when it has all', async () => {
    const clock = new FakeClock()
    const settings = settingsOf({ clock, slowStartMs: 10_000 })
    const peers = new Peers({ serviceName: 'users', secure: false, settings, onRoom: () => {} })
    const olds = [instanceOf('a'), instanceOf('b')]
    void peers.apply([...olds, instanceOf('new', { startedAt: clock.wallTime() })])
    const [, , newcomer] = [...peers.all] as [Peer, Peer, Peer]
    const picks = () => Array.from({ length: 21 }, () => peers.next(() => true)).filter(peer => peer === newcomer)
    assert.deepEqual([peers.shareOf(newcomer), picks().length, clock.pending], [0.1, 1, 1])
    await clock.advance(5_500)
    assert.equal(peers.shareOf(newcomer), 0.5)
    await clock.advance(5_000)
    assert.deepEqual([peers.shareOf(newcomer), picks().length, clock.pending], [1, 7, 0])
  })

  it('waits for nothing more when it is gone, or the others are', () => {
    const clock = new FakeClock()
    const settings = settingsOf({ clock, slowStartMs: 10_000 })
    const peers = new Peers({ serviceName: 'users', secure: false, settings, onRoom: () => {} })
    const both = [instanceOf('old'), instanceOf('new', { startedAt: clock.wallTime() })]
    for (const left of [both.slice(0, 1), both.slice(1), []]) {
      void peers.apply(both)
      assert.equal(clock.pending, 1)
      void peers.apply(left)
      assert.equal(clock.pending, 0)
    }
  })

  it('gives it all as long as the others are put aside', () => {
    const clock = new FakeClock()
    const settings = settingsOf({ clock, slowStartMs: 10_000 })
    const peers = new Peers({ serviceName: 'users', secure: false, settings, onRoom: () => {} })
    void peers.apply([instanceOf('old'), instanceOf('new', { startedAt: clock.wallTime() })])
    const [old, newcomer] = [...peers.all] as [Peer, Peer]
    assert.equal(peers.shareOf(newcomer), 0.4)
    peers.eject(old, 'unreachable', new Error('refused'))
    assert.equal(peers.shareOf(newcomer), 1)
    peers.recovered(old, clock.now())
    assert.equal(peers.shareOf(newcomer), 0.4)
  })
})
