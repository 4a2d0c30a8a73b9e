import assert from 'node:assert/strict'
import { getEventListeners } from 'node:events'
import { afterEach, beforeEach, describe, it } from 'node:test'
import type { Balancer } from '../../src/balancer/balancer.ts'
import { leastRequests } from '../../src/balancer/least-requests.ts'
import type { Connect } from '../../src/client/index.ts'
import { connect } from '../../src/endpoint/connect.ts'
import type { Peer } from '../../src/client/peer.ts'
import { Peers } from '../../src/client/peers.ts'
import { FakeClock, seededRandom } from '../../src/testing/index.ts'
import { instanceOf, settingsOf } from './settings.ts'
import { ask, Cluster, hold, inTurn, kill, type Member, silence, tally, until } from './cluster.ts'

let cluster: Cluster

beforeEach(() => {
  cluster = new Cluster()
})

afterEach(() => cluster.close())

describe('Peers, while an Instance drains', () => {
  it('send it nothing from the acknowledgement on, and let what is under way finish', async () => {
    const [leaving] = (await cluster.start(3)) as [Member]
    const client = cluster.client({ balancer: inTurn })
    const held = hold(leaving)
    const underWay = [ask(client), ask(client), ask(client)]
    await until(() => leaving.paths.length === 1)
    const report = await leaving.lease.drain()
    assert.equal(report.acknowledged, true)
    assert.deepEqual(await tally(10, () => ask(client)), { 'users-1': 5, 'users-2': 5 })
    assert.equal(leaving.paths.length, 1)
    held.release()
    assert.ok((await Promise.all(underWay)).includes(leaving.id))
  })

  it('acknowledge only when what was written is being answered', async () => {
    const member = await cluster.startOne()
    const held = hold(member)
    const client = cluster.client()
    const answer = ask(client)
    await until(() => member.paths.length === 1)
    let acknowledged = false
    const draining = member.lease.drain().then(() => (acknowledged = true))
    await until(() => client.explain('users').candidates[0]?.tier === undefined)
    assert.equal(acknowledged, false)
    held.release()
    await draining
    assert.equal(await answer, member.id)
  })

  it('do not wait for a slow answer to acknowledge: what was written a while ago has arrived', async () => {
    const member = await cluster.startOne()
    const held = hold(member)
    const answer = ask(cluster.client())
    await until(() => member.paths.length === 1)
    const report = await member.lease.drain()
    assert.equal(report.acknowledged, true)
    held.release()
    assert.equal(await answer, member.id)
  })

  it('send what waits for a connection elsewhere', async () => {
    const [leaving] = (await cluster.start(2)) as [Member]
    const held = hold(leaving)
    const client = cluster.client({ balancer: inTurn, connectionsMax: 1 })
    const answers = Array.from({ length: 6 }, () => ask(client))
    await until(() => client.explain('users').candidates[0]?.connections.waiting === 2)
    await leaving.lease.drain()
    held.release()
    const ids = await Promise.all(answers)
    assert.equal(ids.filter(id => id === leaving.id).length, 1)
    assert.equal(leaving.paths.length, 1)
  })

  it('give up connections that are being made', async () => {
    const [leaving, other] = (await cluster.start(2)) as [Member, Member]
    const signals: (AbortSignal | undefined)[] = []
    const heldConnect: Connect = (endpoint, options) => {
      if (endpoint === other.url) return connect(endpoint, options)
      signals.push(options.signal)
      return new Promise((_, reject) =>
        options.signal?.addEventListener('abort', () => reject(options.signal?.reason as Error)),
      )
    }
    const client = cluster.client({ balancer: inTurn, connect: heldConnect })
    const answers = [ask(client, '/', { method: 'POST' }), ask(client, '/', { method: 'POST' })]
    await until(() => signals.length === 1)
    await leaving.lease.drain()
    assert.deepEqual(await Promise.all(answers), [other.id, other.id])
    assert.ok(signals[0]?.aborted)
    assert.deepEqual(client.explain('users').candidates[0]?.connections, {
      open: 0,
      idle: 0,
      connecting: 0,
      waiting: 0,
    })
    assert.deepEqual(leaving.paths, [])
  })

  it('send it not one request after the acknowledgement, under load, and lose none', async () => {
    const members = await cluster.start(3)
    const client = cluster.client()
    const load = new Load(() => ask(client))
    for (const member of members.slice(0, 2)) {
      await until(() => member.paths.length > 20)
      await member.lease.drain()
      const before = member.paths.length
      await new Promise(resolve => setTimeout(resolve, 20))
      assert.equal(member.paths.length, before)
      await member.lease.revoke()
      kill(member.server)
    }
    assert.equal(await load.stop(), 0)
  })

  it('close its idle connections, so that it need not wait for them', async () => {
    const member = await cluster.startOne()
    const client = cluster.client()
    await Promise.all([ask(client), ask(client), ask(client)])
    assert.equal(client.explain('users').candidates[0]?.connections.open, 3)
    await member.lease.drain()
    await until(() => client.explain('users').candidates[0]?.connections.open === 0)
  })
})

describe('Peers, while Instances come and go', () => {
  it('send nothing to any of many after its acknowledgement, however slowly connections are made', async () => {
    const random = seededRandom(7)
    const slowly: Connect = async (endpoint, options) => {
      await new Promise(resolve => setTimeout(resolve, random.next() * 10))
      return connect(endpoint, options)
    }
    const client = cluster.client({ connect: slowly, connectionsMax: 4 })
    const members = await cluster.start(12)
    const load = new Load(() => ask(client, '/', { method: random.next() < 0.5 ? 'GET' : 'POST' }))
    const arrivedAtDrain = new Map<Member, number>()
    await Promise.all(
      members.slice(0, 10).map(async (member, turn) => {
        await until(() => members.reduce((sum, { paths }) => sum + paths.length, 0) > turn * 40)
        const { acknowledged } = await member.lease.drain()
        assert.ok(acknowledged)
        arrivedAtDrain.set(member, member.paths.length)
        if (turn % 2 === 0) await member.lease.revoke()
      }),
    )
    const others = () => members.slice(10).reduce((sum, { paths }) => sum + paths.length, 0)
    const before = others()
    await until(() => others() > before + 200)
    assert.equal(await load.stop(), 0)
    for (const [member, count] of arrivedAtDrain) assert.equal(member.paths.length, count)
  })

  it('leave no sockets, listeners, timers or counts behind', async () => {
    const client = cluster.client()
    const [before, signal] = [openSockets(), new AbortController().signal]
    const load = new Load(() => ask(client, '/', { signal }))
    for (let turn = 0; turn < 10; turn++) {
      const members = await cluster.start(10)
      const arrived = () => members.reduce((sum, { paths }) => sum + paths.length, 0)
      await until(() => arrived() >= 200)
      const leaving = turn < 9 ? members : members.slice(1)
      await Promise.all(leaving.map(({ lease }) => lease.revoke()))
      for (const { server } of leaving) server.close()
    }
    await load.stop()
    const { candidates, waiting } = client.explain('users')
    assert.deepEqual([candidates.length, candidates[0]?.pending, waiting], [1, 0, 0])
    await client.stop()
    await until(() => openSockets() <= before)
    await until(() => getEventListeners(signal, 'abort').length === 0)
  })
})

describe('Peers', () => {
  it('call an Instance that is registered anew at another address there', async () => {
    const first = await cluster.startOne({ id: 'a' })
    const client = cluster.client()
    await ask(client)
    const second = await cluster.startOne({ id: 'b' })
    await second.lease.revoke()
    await first.lease.update({ endpoints: [second.url] })
    await until(() => client.explain('users').candidates[0]?.endpoints[0] === second.url)
    assert.equal(await ask(client), 'b')
  })

  it('let one back in that was started anew', async () => {
    const lease = await cluster.registerAbsent({ id: 'a' })
    await cluster.startOne({ id: 'b' })
    const client = cluster.client({ balancer: inTurn })
    await tally(2, () => ask(client))
    const tier = () => client.explain('users').candidates[0]?.tier
    assert.equal(tier(), 'ejected')
    await lease.update({ startedAt: lease.instance.startedAt + 1 })
    await until(() => tier() === 'preferred')
  })

  it('put nobody aside who is gone or drains, and probe nobody of them', () => {
    const clock = new FakeClock()
    const peers = new Peers({ serviceName: 'users', secure: false, settings: settingsOf({ clock }), onRoom: () => {} })
    void peers.apply([instanceOf('gone'), instanceOf('drains')])
    const both = [...peers.all]
    void peers.apply([instanceOf('drains', { status: 'draining' })])
    for (const peer of both) peers.eject(peer, 'hanging', new Error('silent'))
    assert.deepEqual([both.some(({ ejected }) => ejected), clock.pending], [false, 0])
    void peers.apply([instanceOf('drains')])
    assert.equal(
      peers.next(() => true),
      both[1],
    )
  })

  it('send to none before it takes requests again, when several come back at once', () => {
    const settings = settingsOf({ balancer: () => lastOf })
    const waiting: (() => void)[] = []
    const onRoom = () => waiting.splice(0).forEach(wake => wake())
    const peers = new Peers({ serviceName: 'users', secure: false, settings, onRoom })
    void peers.apply([instanceOf('broken'), instanceOf('drains')])
    void peers.apply([instanceOf('broken'), instanceOf('drains', { status: 'draining' })])
    peers.eject(peers.next(() => true) as Peer, 'unreachable', new Error('refused'))
    const accepted: boolean[] = []
    waiting.push(() => accepted.push(peers.next(() => true)?.pool.accepting ?? false))
    void peers.apply([instanceOf('broken', { startedAt: 1 }), instanceOf('drains')])
    assert.deepEqual(accepted, [true])
  })

  it('use only TLS endpoints for https, and say what there is when there is none', async () => {
    await cluster.start(1)
    const client = cluster.client({ waitMs: 0 })
    const failure = await client.request('https://users/').catch((error: Error) => error)
    assert.ok(failure instanceof Error)
    assert.match(String(failure.cause), /no TLS endpoint, only tcp:/)
  })
})

describe('Peers, when none is good', () => {
  it('goes to the least bad when all Instances hang', async () => {
    const members = (await cluster.start(2)) as [Member, Member]
    const handlers = members.map(({ handler }) => handler)
    for (const member of members) member.handler = silence
    const client = cluster.client({ attemptTimeoutMs: 40, waitMs: 0, retry: { attemptsMax: 2 } })
    const stuck = Array.from({ length: 4 }, () => ask(client).catch(() => 'stopped'))
    const areEjected = () => client.explain('users').candidates.every(({ tier }) => tier === 'ejected')
    await until(areEjected)
    for (const [index, member] of members.entries()) member.handler = handlers[index]!
    assert.match(await ask(client, '/', { method: 'POST' }), /^users-/)
    await client.stop({ deadlineMs: 0 })
    await Promise.all(stuck)
  })

  it('fails nobody while one can be connected to, however late that is seen and however long its answer takes', async () => {
    const member = await cluster.startOne()
    member.handler = (_, response) => void setTimeout(() => response.end('late'), 300)
    let refused = 0
    const client = cluster.client({
      waitMs: 200,
      connect: (endpoint, options) =>
        refused++ < 5 ? Promise.reject(new Error('timed out')) : connect(endpoint, options),
    })
    const answers = await Promise.all(Array.from({ length: 20 }, () => ask(client, '/', { method: 'POST', body: '-' })))
    assert.deepEqual(new Set(answers), new Set(['late']))
  })

  it('does not put a request aside that waits for one of the connections to the only Instance', async () => {
    const member = await cluster.startOne()
    const held = hold(member)
    const client = cluster.client({ connectionsMax: 1, attemptTimeoutMs: 40, waitMs: 0 })
    const answers = [ask(client, '/', { method: 'POST' }), ask(client, '/', { method: 'POST' })]
    await until(() => client.explain('users').candidates[0]?.tier === 'ejected')
    await until(() => client.explain('users').candidates[0]?.connections.waiting === 1)
    held.release()
    await until(() => member.paths.length === 2)
    held.release()
    assert.deepEqual(await Promise.all(answers), [member.id, member.id])
  })
})

function openSockets(): number {
  return process.getActiveResourcesInfo().filter(name => name === 'TCPSocketWrap').length
}

const lastOf: Balancer = { newLoad: () => leastRequests, pick: candidates => candidates.at(-1) }

/** Sixteen callers that never pause. */
class Load {
  #failed = 0
  #running = true
  readonly #callers: Promise<void>[]

  constructor(request: () => Promise<unknown>) {
    this.#callers = Array.from({ length: 16 }, () => this.#call(request))
  }

  /** Ends it; resolves with the number of requests that failed. */
  async stop(): Promise<number> {
    this.#running = false
    await Promise.all(this.#callers)
    return this.#failed
  }

  async #call(request: () => Promise<unknown>): Promise<void> {
    while (this.#running) await request().catch(() => this.#failed++)
  }
}
