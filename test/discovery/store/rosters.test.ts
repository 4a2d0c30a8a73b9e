import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { STATUS_FIELD } from '../../../src/discovery/changed-fields.ts'
import { STORE_LIMITS } from '../../../src/discovery/store/limits.ts'
import { Rosters, type RostersInit } from '../../../src/discovery/store/rosters.ts'
import { FakeClock } from '../../../src/testing/fake-clock.ts'
import { claimOf, users } from './instances.ts'

/** Rosters whose end of turn is brought about by hand. */
function rostersInHand(init: Partial<RostersInit> = {}) {
  const tasks: (() => void)[] = []
  const rosters = new Rosters({
    clock: new FakeClock(),
    revision: 100,
    settled: true,
    graceMs: 3_000,
    quietMs: 1_000,
    defer: task => tasks.push(task),
    ...init,
  })
  return { rosters, endTurn: () => tasks.splice(0).forEach(task => task()) }
}

const of = (serviceName: string, id = 'a') => claimOf(users(id, { serviceName }))
const watcher = { name: 'w', acknowledges: true, onChange: () => {} }

describe('Rosters', () => {
  it('counts the changes of all services in one row of revisions', () => {
    const { rosters } = rostersInHand()
    assert.equal(rosters.put(of('users'), 'joined'), 101)
    assert.equal(rosters.put(of('orders'), 'joined'), 102)
    assert.deepEqual([rosters.set('users').revision, rosters.set('orders').revision, rosters.revision], [101, 102, 102])
  })

  it('has at hand what last came or changed in a service, as long as there is anything in it', () => {
    const { rosters } = rostersInHand()
    const [first, second] = [of('users', 'a'), of('users', 'b')]
    assert.equal(rosters.latest('users'), undefined)
    for (const claim of [first, second]) rosters.put(claim, 'joined')
    assert.equal(rosters.latest('users'), second.instance)
    rosters.delete(second, 'revoked')
    assert.equal(rosters.latest('users'), second.instance)
    rosters.delete(first, 'revoked')
    assert.equal(rosters.latest('users'), undefined)
  })

  it('tells nobody up just now from no such service', () => {
    const { rosters } = rostersInHand()
    const claim = of('users')
    rosters.put(claim, 'joined')
    rosters.delete(claim, 'revoked')
    assert.deepEqual([rosters.set('users').known, rosters.set('nobody').known], [true, false])
    assert.equal(rosters.set('nobody').revision, 100)
  })

  it('tells a watcher once per turn, however much changed', () => {
    const { rosters, endTurn } = rostersInHand()
    let told = 0
    rosters.watch('users', { ...watcher, onChange: () => told++ })
    for (const id of ['a', 'b', 'c']) rosters.put(of('users', id), 'joined')
    rosters.put(of('orders'), 'joined')
    assert.equal(told, 0)
    endTurn()
    assert.equal(told, 1)
    endTurn()
    assert.equal(told, 1)
  })

  it('tells a watcher that has closed nothing more', () => {
    const { rosters, endTurn } = rostersInHand()
    let told = 0
    const watch = rosters.watch('users', { ...watcher, onChange: () => told++ })
    watch.close()
    watch.close()
    rosters.put(of('users'), 'joined')
    endTurn()
    assert.equal(told, 0)
  })

  it('names the services it knows, in order, and tells when they change', () => {
    const { rosters, endTurn } = rostersInHand()
    let told = 0
    const unwatch = rosters.watchNames(() => told++)
    rosters.put(of('users'), 'joined')
    rosters.put(of('orders'), 'joined')
    endTurn()
    assert.deepEqual(rosters.names(), { revision: 102, names: ['orders', 'users'] })
    assert.equal(rosters.names(), rosters.names())
    rosters.put(of('users', 'b'), 'joined')
    endTurn()
    assert.equal(told, 1)
    unwatch()
    rosters.put(of('carts'), 'joined')
    endTurn()
    assert.equal(told, 1)
  })

  it('remembers what happened, when, and who held the instance', () => {
    const { rosters } = rostersInHand()
    const claim = of('users')
    rosters.put(claim, 'joined')
    rosters.delete(claim, 'lapsed')
    assert.deepEqual(
      rosters.history('users').map(({ revision, id, kind, holder }) => [revision, id, kind, holder]),
      [
        [101, 'a', 'joined', 'its owner'],
        [102, 'a', 'lapsed', 'its owner'],
      ],
    )
    assert.deepEqual(rosters.history('nobody'), [])
  })

  it('says when it settles, at the same revision', () => {
    const { rosters, endTurn } = rostersInHand({ settled: false })
    let told = 0
    rosters.put(of('users'), 'joined')
    rosters.watch('users', { ...watcher, onChange: () => told++ })
    endTurn()
    assert.equal(rosters.set('users').settled, false)
    rosters.settle()
    endTurn()
    const { settled, revision } = rosters.set('users')
    assert.deepEqual({ settled, revision, told }, { settled: true, revision: 101, told: 2 })
    assert.deepEqual(rosters.delta('users', 101)?.settled, true)
  })

  it('says when it does not vouch any more for what is absent', () => {
    const { rosters, endTurn } = rostersInHand({ settled: true })
    let told = 0
    rosters.put(of('users'), 'joined')
    rosters.watch('users', { ...watcher, onChange: () => told++ })
    endTurn()
    rosters.unsettle()
    endTurn()
    const settled = ['users', 'nobody'].map(name => rosters.set(name).settled)
    assert.deepEqual({ settled, told }, { settled: [false, false], told: 2 })
    rosters.settle()
    assert.equal(rosters.set('nobody').settled, true)
  })

  it('forgets the longest empty service beyond its limit, and its revision still only grows', () => {
    const { rosters } = rostersInHand()
    const count = STORE_LIMITS.emptyServices + 1
    for (let n = 0; n < count; n++) {
      const claim = of(`service-${n}`)
      rosters.put(claim, 'joined')
      rosters.delete(claim, 'revoked')
    }
    const { known, revision } = rosters.set('service-0')
    assert.equal(known, false)
    assert.ok(revision > 102)
    assert.equal(rosters.set('service-1').known, true)
    assert.equal(rosters.names().names.length, STORE_LIMITS.emptyServices)
    assert.equal(rosters.delta('service-0', 102), undefined)
  })

  it('is watched for 100,000 names that nobody has registered, and not for one more, which leaves room for what is registered', () => {
    const { rosters } = rostersInHand()
    const watches = Array.from({ length: 100_000 }, (_, n) => rosters.watch(`none-${n}`, watcher))
    const full = { code: 'ERR_REGISTRY_LIMIT', message: /at most 100000 services that are watched and that nobody/ }
    assert.throws(() => rosters.watch('one-more', watcher), full)
    assert.deepEqual([rosters.watchers('one-more'), rosters.set('one-more').known], [[], false])
    rosters.requireRoom('users')
    rosters.put(of('users'), 'joined')
    rosters.watch('users', watcher)
    rosters.watch('none-1', watcher)
    assert.throws(() => rosters.watch('one-more', watcher), full)
    // What is registered meanwhile does not count any more, nor what nobody watches.
    rosters.put(of('none-2'), 'joined')
    watches[3]?.close()
    rosters.watch('one-more', watcher)
    rosters.watch('another', watcher)
    assert.throws(() => rosters.watch('and another', watcher), full)
  })

  it('has no more watches in all than it may, counts each that ends once, and takes others then', () => {
    const { rosters } = rostersInHand({ limits: { watches: 3 } })
    const [first, second] = ['users', 'users', 'orders'].map(name => rosters.watch(name, watcher))
    const full = { code: 'ERR_REGISTRY_LIMIT', message: /at most 3 watches/ }
    assert.throws(() => rosters.watch('users', watcher), full)
    first?.close()
    first?.close()
    first?.lose()
    rosters.watch('users', watcher)
    assert.throws(() => rosters.watch('users', watcher), full)
    second?.lose()
    second?.close()
    rosters.watch('users', watcher)
    assert.throws(() => rosters.watch('users', watcher), full)
    assert.equal(rosters.watchers('users').length, 2)
  })

  it('takes a service back that was empty', () => {
    const { rosters } = rostersInHand()
    const claim = of('users')
    rosters.put(claim, 'joined')
    rosters.delete(claim, 'revoked')
    rosters.put(of('users'), 'joined')
    assert.deepEqual([rosters.set('users').instances.length, rosters.set('users').revision], [1, 103])
  })

  it('lists who watches, and what each works with', () => {
    const { rosters } = rostersInHand()
    const watch = rosters.watch('users', watcher)
    rosters.put(of('users'), 'joined')
    watch.acknowledge(101)
    assert.deepEqual(
      rosters.watchers('users').map(({ name, acknowledged }) => [name, acknowledged]),
      [['w', 101]],
    )
    watch.lose()
    assert.deepEqual(rosters.watchers('users'), [])
  })

  it('tells an observer of each claim that changes or goes, in any service, at once, and of which fields', () => {
    const { rosters } = rostersInHand()
    const seen: string[] = []
    const stop = rosters.observe(({ instance, createRevision, revision }, fields) =>
      seen.push(`${instance.serviceName} ${createRevision} ${revision} ${fields}`),
    )
    const claim = of('users')
    rosters.put(claim, 'joined')
    rosters.put(of('orders'), 'joined')
    rosters.put(claim, 'suspect', STATUS_FIELD)
    rosters.delete(claim, 'revoked')
    stop()
    rosters.put(of('users'), 'joined')
    assert.deepEqual(seen, [
      'users 101 101 undefined',
      'orders 102 102 undefined',
      `users 101 103 ${STATUS_FIELD}`,
      'users 101 104 undefined',
    ])
    assert.equal(rosters.claims('users').length, 1)
    assert.equal(rosters.claims('nobody').length, 0)
  })

  it('gives a revision to what is kept beside it, above everything before and above a floor', () => {
    const { rosters } = rostersInHand()
    assert.deepEqual([rosters.stamp(), rosters.stamp(500), rosters.stamp(7)], [101, 501, 502])
    assert.equal(rosters.put(of('users'), 'joined'), 503)
  })
})
