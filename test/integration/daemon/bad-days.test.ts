import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { DaemonRegistry } from '../../../src/adapters/daemon/index.ts'
import { observe } from '../../../src/core/event.ts'
import type { InstanceSet } from '../../../src/discovery/instance-set.ts'
import { Resolver } from '../../../src/discovery/resolver.ts'
import { TcpRelay } from '../../../src/testing/tcp-relay.ts'
import { WatchFollower } from '../../../src/testing/watch-follower.ts'
import { PATIENCE_MS } from '../../patience.ts'
import { DaemonProcess } from '../../adapters/daemon/daemon-process.ts'
import { RegistrantProcess } from '../../adapters/daemon/registrant-process.ts'
import { until } from '../../adapters/daemon/until.ts'

const IDS = ['a', 'b', 'c']

/** A daemon, three processes that are registered, and a consumer that sees them. */
async function system(stack: AsyncDisposableStack, { ttlMs = 15_000, graceMs = 3_000, pingMs = 5_000 } = {}) {
  const daemon = stack.use(await DaemonProcess.start({ graceMs, pingMs }))
  const relay = stack.use(await TcpRelay.listen({ port: daemon.port }))
  const starts = IDS.map(id => RegistrantProcess.start({ port: relay.port, id, ttlMs }))
  const registrants = await Promise.all(starts)
  for (const registrant of registrants) stack.use(registrant)
  const registry = stack.adopt(new DaemonRegistry({ port: daemon.port, requestMs: PATIENCE_MS }), open => open.close())
  const follower = stack.adopt(new WatchFollower(registry, 'users'), following => following.stop())
  await until(() => String(follower.ids) === 'a,b,c', 'all are registered')
  await until(() => registrants.every(({ registrations }) => registrations > 0), 'all know that they are')
  return { daemon, relay, registrants, registry, follower }
}

const ids = (set: { instances: readonly { id: string }[] }) => set.instances.map(({ id }) => id)

const statusOf = (wanted: string, set: InstanceSet | undefined) =>
  set?.instances.find(({ id }) => id === wanted)?.status

/** The least number of instances that any set had since all were there. */
function fewest(follower: WatchFollower): number {
  const full = follower.sets.findIndex(set => set.instances.length === IDS.length)
  return Math.min(...follower.sets.slice(full).map(set => set.instances.length))
}

describe('A registry daemon killed', () => {
  it('and restarted with its data costs no instance and no registration', async () => {
    await using stack = new AsyncDisposableStack()
    const { daemon, registrants, follower } = await system(stack)
    await daemon.kill()
    await until(() => follower.set?.stale === true, 'the consumer notices')
    await daemon.start()
    await until(() => follower.set?.stale === false && String(follower.ids) === 'a,b,c', 'all are back')
    assert.equal(fewest(follower), 3)
    assert.deepEqual(
      registrants.map(({ registrations }) => registrations),
      [1, 1, 1],
    )
  })

  it('and restarted without its data costs no consumer an instance, and all register again', async () => {
    await using stack = new AsyncDisposableStack()
    const { daemon, registrants, registry, follower } = await system(stack)
    const resolver = stack.adopt(new Resolver({ registry, serviceName: 'users' }), one => one.stop())
    await resolver.start()
    await until(() => resolver.instances.length === 3, 'the resolver has them')
    const seen: number[] = []
    resolver.onChange(set => void seen.push(set.instances.length))
    await daemon.kill()
    await daemon.loseData()
    await daemon.start()
    await until(() => registrants.every(({ registrations }) => registrations === 2), 'all have registered again')
    await until(() => follower.set?.settled === true && String(follower.ids) === 'a,b,c', 'the daemon is sure again')
    assert.equal(Math.min(...seen, resolver.instances.length), 3)
  })

  it('and absent for long leaves consumers the last good set', async () => {
    await using stack = new AsyncDisposableStack()
    const { daemon, registry } = await system(stack)
    const resolver = stack.adopt(new Resolver({ registry, serviceName: 'users' }), one => one.stop())
    await resolver.start()
    await until(() => resolver.instances.length === 3, 'the resolver has them')
    await daemon.kill()
    await until(() => resolver.set.stale && resolver.set.ageMs > 3_000, 'it has been away for longer than its grace')
    assert.deepEqual(ids(resolver.set), IDS)
  })
})

describe('A registry daemon absent at first', () => {
  it('lets applications start, and has them register when it appears', async () => {
    await using stack = new AsyncDisposableStack()
    const daemon = stack.use(await DaemonProcess.start())
    await daemon.kill()
    const registrant = stack.use(await RegistrantProcess.start({ port: daemon.port, id: 'a' }))
    await daemon.start()
    await until(() => registrant.registrations === 1, 'it has registered')
  })
})

describe('A connection to the registry', () => {
  it('cut and healed within the grace costs no instance and no registration', async () => {
    await using stack = new AsyncDisposableStack()
    const { relay, registrants, follower } = await system(stack)
    relay.refuse()
    await until(() => String(follower.ids) === 'a:suspect,b:suspect,c:suspect', 'all are suspect')
    relay.heal()
    await until(() => String(follower.ids) === 'a,b,c', 'all are back')
    assert.equal(fewest(follower), 3)
    assert.deepEqual(
      registrants.map(({ registrations }) => registrations),
      [1, 1, 1],
    )
  })

  it('that is dead without a sign is noticed, and made anew', async () => {
    await using stack = new AsyncDisposableStack()
    const { relay, registrants, follower } = await system(stack, { pingMs: 200 })
    relay.halfOpen()
    await until(() => String(follower.ids) === 'a:suspect,b:suspect,c:suspect', 'the daemon has lost them')
    await until(() => String(follower.ids) === 'a,b,c', 'all are back')
    assert.deepEqual(
      registrants.map(({ registrations }) => registrations),
      [1, 1, 1],
    )
  })

  it('that brings one byte at a time still serves', async () => {
    await using stack = new AsyncDisposableStack()
    const { relay, follower } = await system(stack)
    relay.trickle()
    const late = stack.use(await RegistrantProcess.start({ port: relay.port, id: 'd' }))
    const through = stack.adopt(new DaemonRegistry({ port: relay.port }), open => open.close())
    const trickled = stack.adopt(new WatchFollower(through, 'users'), following => following.stop())
    await until(() => String(follower.ids) === 'a,b,c,d' && String(trickled.ids) === 'a,b,c,d', 'all see all')
    await until(() => late.registrations === 1, 'it knows that it is registered')
  })

  it('that nobody answers is given up and tried again', async () => {
    await using stack = new AsyncDisposableStack()
    const daemon = stack.use(await DaemonProcess.start())
    const relay = stack.use(await TcpRelay.listen({ port: daemon.port }))
    relay.pause()
    let givenUp = false
    stack.defer(observe('registry', ({ event }) => (givenUp ||= event === 'registry.unreachable')))
    const registry = stack.adopt(new DaemonRegistry({ port: relay.port, connectMs: 200 }), open => open.close())
    const follower = stack.adopt(new WatchFollower(registry, 'users'), following => following.stop())
    await until(() => givenUp, 'the attempt is given up')
    relay.heal()
    await until(() => follower.set !== undefined, 'another attempt succeeds')
  })
})

describe('A registered process', () => {
  it('killed is suspect at once and gone after the grace', async (t: TestContext) => {
    await using stack = new AsyncDisposableStack()
    const { registrants, follower } = await system(stack, { graceMs: 500 })
    const killedAt = performance.now()
    registrants[1]?.child.kill('SIGKILL')
    await until(() => follower.ids?.includes('b:suspect') === true, 'it is suspect')
    t.diagnostic(`suspect ${(performance.now() - killedAt).toFixed(1)} ms after the kill`)
    await until(() => String(follower.ids) === 'a,c', 'it is gone')
    t.diagnostic(`gone ${(performance.now() - killedAt).toFixed(1)} ms after the kill, at a grace of 500 ms`)
  })

  it('stopped for longer than its TTL is late, then gone, and registers again when it goes on', async () => {
    await using stack = new AsyncDisposableStack()
    const { registrants, follower } = await system(stack, { ttlMs: 2_000 })
    const stopped = registrants[0]!
    const [from, registrations] = [follower.sets.length, stopped.registrations]
    stopped.child.kill('SIGSTOP')
    await until(() => statusOf('a', follower.set) === undefined, 'it is gone')
    assert.ok(follower.sets.slice(from).some(set => statusOf('a', set) === 'late'))
    stopped.child.kill('SIGCONT')
    await until(() => statusOf('a', follower.set) === 'ready', 'it is back')
    await until(() => stopped.registrations > registrations, 'it has registered again')
  })

  it('with a busy event loop is late, not gone', async () => {
    await using stack = new AsyncDisposableStack()
    const { registrants, follower } = await system(stack, { ttlMs: 2_000 })
    const from = follower.sets.length
    registrants[2]?.block(4_000)
    await until(() => follower.ids?.includes('c:late') === true, 'it is late')
    await until(() => String(follower.ids) === 'a,b,c', 'it is ready again')
    const since = follower.sets.slice(from).map(set => statusOf('c', set))
    assert.deepEqual(new Set(since), new Set(['late', 'ready']))
    assert.equal(registrants[2]?.registrations, 1)
  })

  it('that stops is gone at once, and nothing keeps it alive', async () => {
    await using stack = new AsyncDisposableStack()
    const { registrants, follower } = await system(stack)
    const from = follower.sets.length
    assert.equal(await registrants[0]?.stop(), 0)
    await until(() => String(follower.ids) === 'b,c', 'it is gone')
    const statuses = follower.sets.slice(from).flatMap(set => set.instances.filter(({ id }) => id === 'a'))
    assert.ok(statuses.every(({ status }) => status === 'draining'))
  })
})
