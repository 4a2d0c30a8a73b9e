import assert from 'node:assert/strict'
import { Socket } from 'node:net'
import { afterEach, beforeEach, describe, it } from 'node:test'
import type { Connect } from '../../src/client/index.ts'
import { connect as connectEndpoint } from '../../src/endpoint/connect.ts'
import { Cluster, firstOf, inTurn, type Member, until } from './cluster.ts'

let cluster: Cluster

beforeEach(() => {
  cluster = new Cluster()
})

afterEach(() => cluster.close())

const untilAborted: Connect = (_, { signal }) =>
  new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(signal.reason as Error)))

describe('connectService', () => {
  it('goes to another Instance when one cannot be connected to, and puts that aside', async () => {
    await cluster.registerAbsent({ id: 'z-absent' })
    const [member] = (await cluster.start(1)) as [Member]
    const client = cluster.client({ balancer: inTurn })
    const socket = await client.connect('service:users')
    assert.equal(`tcp://127.0.0.1:${socket.remotePort}`, member.url)
    assert.equal(client.explain('users').candidates[1]?.tier, 'ejected')
    socket.destroy()
  })

  it('tries one that could not be connected to again after a while, and lets it back in', async t => {
    const [first] = (await cluster.start(2)) as [Member]
    let isCut = true
    const connect: Connect = (endpoint, options) =>
      isCut && endpoint === first.url ? Promise.reject(new Error('cut')) : connectEndpoint(endpoint, options)
    const client = cluster.client({ connect, balancer: () => firstOf })
    const sockets: Socket[] = []
    t.after(() => sockets.forEach(socket => socket.destroy()))
    const tier = () => client.explain('users').candidates[0]?.tier
    sockets.push(await client.connect('service:users'))
    assert.equal(tier(), 'ejected')
    isCut = false
    for (let turn = 0; turn < 1_000 && tier() !== 'preferred'; turn++) {
      sockets.push(await client.connect('service:users'))
      await new Promise(resolve => setTimeout(resolve, 5))
    }
    assert.equal(tier(), 'preferred')
  })

  it('fails with the last reason when no Instance can be connected to', async () => {
    await cluster.registerAbsent()
    const failure = await cluster
      .client()
      .connect('service:users')
      .catch((error: Error) => error)
    assert.ok(failure instanceof Error)
    assert.equal(failure.name, 'NoInstanceError')
    assert.match(String(failure.cause), /ECONNREFUSED/)
  })

  it('tells a service nobody knows from one without Instances', async () => {
    const client = cluster.client({ waitMs: 0 })
    await assert.rejects(client.connect('service:nobody'), { code: 'ERR_UNKNOWN_SERVICE' })
  })

  it('gives up when the caller does', async () => {
    await cluster.start(1)
    const controller = new AbortController()
    const opening = cluster.client({ connect: untilAborted }).connect('service:users', { signal: controller.signal })
    setImmediate(() => controller.abort(new Error('no longer wanted')))
    await assert.rejects(opening, /no longer wanted/)
  })

  it('does not use a socket to an Instance that drains by the time it is open', async () => {
    const [leaving, other] = (await cluster.start(2)) as [Member, Member]
    const held = new Map<string, PromiseWithResolvers<Socket>>()
    const connect: Connect = endpoint => {
      const opening = Promise.withResolvers<Socket>()
      held.set(endpoint, opening)
      return opening.promise
    }
    const client = cluster.client({
      balancer: () => firstOf,
      connect,
    })
    const opening = client.connect('service:users')
    await until(() => held.has(leaving.url))
    await leaving.lease.drain()
    const [early, late] = [new Socket(), new Socket()]
    held.get(leaving.url)?.resolve(early)
    await until(() => held.has(other.url))
    held.get(other.url)?.resolve(late)
    assert.equal(await opening, late)
    assert.ok(early.destroyed)
    late.destroy()
  })
})
