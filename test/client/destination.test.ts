import assert from 'node:assert/strict'
import { Readable } from 'node:stream'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { observe, type RopewalkEvent } from '../../src/core/event.ts'
import {
  ask,
  bodyOf,
  Cluster,
  firstOf,
  hold,
  inTurn,
  kill,
  type Member,
  reset,
  silence,
  tally,
  until,
} from './cluster.ts'

let cluster: Cluster

beforeEach(() => {
  cluster = new Cluster()
})

afterEach(() => cluster.close())

function codeOf(error: unknown): unknown {
  return (error as { code?: unknown }).code
}

describe('Destination, when there is nobody to call', () => {
  it('tells an unknown service from one without Instances, at once when asked', async () => {
    const [member] = (await cluster.start(1)) as [Member]
    await member.lease.revoke()
    const client = cluster.client({ waitMs: 0 })
    await assert.rejects(client.request('http://users/'), { code: 'ERR_NO_INSTANCE', serviceName: 'users' })
    await assert.rejects(client.request('http://usres/'), { code: 'ERR_UNKNOWN_SERVICE', serviceName: 'usres' })
  })

  it('fails fetch with the reason as the cause', async () => {
    const failure = await cluster
      .client({ waitMs: 0 })
      .fetch('http://nobody/')
      .catch((error: Error) => error)
    assert.ok(failure instanceof TypeError)
    assert.equal(codeOf(failure.cause), 'ERR_UNKNOWN_SERVICE')
  })

  it('waits for an Instance as long as it is told to', async () => {
    const client = cluster.client({ waitMs: 5_000 })
    const answer = ask(client)
    await until(() => client.explain('users').waiting === 1)
    await cluster.startOne()
    assert.equal(await answer, 'users-0')
  })

  it('gives up when the waiting is over', async () => {
    const client = cluster.client({ waitMs: 30 })
    await assert.rejects(ask(client), { code: 'ERR_UNKNOWN_SERVICE' })
    assert.equal(client.explain('users').waiting, 0)
  })

  it('fails soon when the registry says nothing at all', async () => {
    const registry = {
      watch: () => ({ [Symbol.asyncIterator]: () => ({ next: () => new Promise<never>(() => undefined) }) }),
    }
    const client = cluster.client({ registry, firstSetMs: 20 })
    await assert.rejects(ask(client), { code: 'ERR_REGISTRY_UNAVAILABLE' })
  })

  it('stops waiting when the caller gives up', async () => {
    const client = cluster.client({ waitMs: 5_000 })
    const controller = new AbortController()
    const answer = ask(client, '/', { signal: controller.signal })
    await until(() => client.explain('users').waiting === 1)
    controller.abort(new Error('no longer wanted'))
    await assert.rejects(answer, /no longer wanted/)
    assert.equal(client.explain('users').waiting, 0)
  })

  it('waits out the moment between a crash and the next start of the only Instance', async () => {
    await cluster.registerAbsent()
    const client = cluster.client({ waitMs: 5_000 })
    const answer = ask(client, '/', { method: 'POST' })
    await until(() => client.explain('users').waiting === 1)
    await cluster.startOne({ id: 'users-again' })
    assert.equal(await answer, 'users-again')
  })
})

describe('Destination, when an Instance fails', () => {
  it('sends what could not be sent to another, whatever the method, and chooses the unreachable one last', async () => {
    await cluster.registerAbsent()
    await cluster.start(2)
    const client = cluster.client({ balancer: inTurn })
    const counts = await tally(6, () => ask(client, '/', { method: 'POST', body: 'once' }))
    assert.deepEqual(Object.values(counts), [3, 3])
    const absent = client.explain('users').candidates.find(({ id }) => id === 'absent')
    assert.deepEqual([absent?.ejected, absent?.tier], [true, 'ejected'])
    assert.match(absent?.lastError ?? '', /ECONNREFUSED/)
  })

  it('repeats what may be repeated on another', async () => {
    const members = await cluster.start(2)
    const client = cluster.client()
    for (const method of ['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE'] as const) {
      for (const broken of members) {
        broken.handler = reset
        const { statusCode, body } = await client.request('http://users/', { method })
        await body.dump()
        assert.equal(statusCode, 200)
        broken.handler = (_, response) => response.end(broken.id)
      }
    }
  })

  it('does not repeat what may have been done, unless it has a key', async () => {
    const members = await cluster.start(2)
    for (const member of members) member.handler = reset
    const client = cluster.client()
    const arrived = () => members.reduce((sum, member) => sum + member.paths.length, 0)
    await assert.rejects(ask(client, '/', { method: 'POST' }))
    assert.equal(arrived(), 1)
    await assert.rejects(ask(client, '/', { method: 'POST', headers: { 'Idempotency-Key': '7' } }))
    assert.equal(arrived(), 4)
  })

  it('repeats bodies that are at hand, and not those of streams', async () => {
    const [broken, sound] = (await cluster.start(2)) as [Member, Member]
    broken.handler = reset
    sound.handler = (request, response) => void bodyOf(request).then(body => response.end(body))
    const client = cluster.client({ balancer: inTurn })
    const bodies: string[] = []
    for (let turn = 0; turn < 4; turn++) {
      const response = await client.fetch('http://users/', { method: 'PUT', body: 'text' })
      bodies.push(await response.text())
    }
    assert.deepEqual(bodies, ['text', 'text', 'text', 'text'])
    assert.ok(broken.paths.length >= 2)
    sound.handler = reset
    await assert.rejects(ask(client, '/', { method: 'PUT', body: Readable.from(['once']) }), /closed|ECONNRESET/)
  })

  it('does not repeat once the answer has begun', async () => {
    const members = await cluster.start(2)
    for (const member of members) {
      member.handler = (request, response) => {
        response.writeHead(200, { 'content-length': 100 })
        response.write('half', () => setImmediate(() => request.socket.destroy()))
      }
    }
    const { statusCode, body } = await cluster.client().request('http://users/')
    assert.equal(statusCode, 200)
    await assert.rejects(body.text())
    assert.equal(
      members.reduce((sum, member) => sum + member.paths.length, 0),
      1,
    )
  })

  it('tries no more often than it is allowed', async () => {
    const members = await cluster.start(5)
    for (const member of members) member.handler = reset
    const client = cluster.client({ retry: { attemptsMax: 2 } })
    await assert.rejects(ask(client))
    assert.equal(
      members.reduce((sum, member) => sum + member.paths.length, 0),
      2,
    )
  })

  it('repeats no more than the budget allows', async () => {
    const members = await cluster.start(2)
    for (const member of members) member.handler = reset
    const client = cluster.client({ retry: { ratio: 0.1, perSecond: 0 } })
    for (let made = 0; made < 40; made++) await assert.rejects(ask(client))
    assert.equal(
      members.reduce((sum, member) => sum + member.paths.length, 0),
      44,
    )
  })

  it('repeats on the only Instance there is when that failed', async () => {
    const member = await cluster.startOne()
    const { handler } = member
    member.handler = (request, response) => {
      member.handler = handler
      reset(request, response)
    }
    assert.equal(await ask(cluster.client()), 'users-0')
    assert.equal(member.paths.length, 2)
  })

  it('loses nothing when an Instance crashes under load', async () => {
    const [victim] = (await cluster.start(3)) as [Member]
    const client = cluster.client()
    await ask(client)
    let failed = 0
    const load = Array.from({ length: 300 }, async (_, turn) => {
      if (turn === 150) kill(victim.server)
      await ask(client, `/${turn}`).catch(() => failed++)
    })
    await Promise.all(load)
    assert.equal(failed, 0)
  })

  it('takes 503 with Retry-After: 0 for a word to go elsewhere, and passes on every other 503', async () => {
    const [leaving, other] = (await cluster.start(2)) as [Member, Member]
    leaving.handler = (_, response) => response.writeHead(503, { 'retry-after': '0' }).end('not me')
    const client = cluster.client({ balancer: inTurn })
    assert.deepEqual(await tally(4, () => ask(client)), { 'users-1': 4 })
    other.handler = leaving.handler
    const { statusCode, body } = await client.request('http://users/')
    assert.deepEqual([statusCode, await body.text()], [503, 'not me'])
  })

  it('moves on from an Instance that accepts and never answers, and puts it aside', async () => {
    const [hanging] = (await cluster.start(2)) as [Member]
    hanging.handler = silence
    const client = cluster.client({ balancer: inTurn, attemptTimeoutMs: 500 })
    const answers = await Promise.all([ask(client), ask(client)])
    assert.deepEqual(answers, ['users-1', 'users-1'])
    assert.equal(hanging.paths.length, 1)
    assert.equal(client.explain('users').candidates[0]?.tier, 'ejected')
  })

  it('lets a slow answer come when there is nobody else', async () => {
    const member = await cluster.startOne()
    member.handler = (_, response) => void setTimeout(() => response.end('late'), 200)
    assert.equal(await ask(cluster.client({ attemptTimeoutMs: 40 })), 'late')
    assert.equal(member.paths.length, 1)
  })

  it('does not move on with what may not be repeated, but puts an Instance aside that answers nobody', async () => {
    const [hanging] = (await cluster.start(2)) as [Member]
    const held = hold(hanging)
    const client = cluster.client({ balancer: () => firstOf, attemptTimeoutMs: 40 })
    const answer = ask(client, '/', { method: 'POST' })
    await until(() => client.explain('users').candidates[0]?.tier === 'ejected')
    held.release()
    assert.equal(await answer, hanging.id)
  })

  it('puts an Instance aside that answers nobody, also when no caller waits that long', async () => {
    const [hanging] = (await cluster.start(2)) as [Member]
    hanging.handler = silence
    const client = cluster.client({ balancer: () => firstOf, attemptTimeoutMs: 300 })
    const tier = () => client.explain('users').candidates[0]?.tier
    const given: AbortController[] = []
    const answers: Promise<string>[] = []
    for (let turn = 0; turn < 1_000 && tier() !== 'ejected'; turn++) {
      const controller = new AbortController()
      given.push(controller)
      answers.push(ask(client, '/', { method: 'POST', signal: controller.signal }).catch(() => 'given up'))
      await until(() => hanging.paths.length === given.length || tier() === 'ejected')
      given.at(-3)?.abort()
    }
    assert.equal(tier(), 'ejected')
    given.forEach(controller => controller.abort())
    assert.ok((await Promise.all(answers)).includes('given up'))
  })

  it('ends a request whose whole time is over', async () => {
    const member = await cluster.startOne()
    member.handler = silence
    const client = cluster.client({ requestTimeoutMs: 60, attemptTimeoutMs: 40 })
    await assert.rejects(ask(client), { code: 'ERR_REQUEST_TIMEOUT' })
    await until(() => client.explain('users').candidates[0]?.pending === 0)
  })

  it('lets an Instance back in when a probe is answered', async () => {
    const [hanging] = (await cluster.start(2)) as [Member]
    const { handler } = hanging
    hanging.handler = silence
    const client = cluster.client({ balancer: inTurn, attemptTimeoutMs: 500 })
    await Promise.all([ask(client), ask(client)])
    hanging.handler = handler
    const isBack = () => client.explain('users').candidates[0]?.tier === 'preferred'
    for (let turn = 0; turn < 500 && !isBack(); turn++) {
      await ask(client)
      await new Promise(resolve => setTimeout(resolve, 2))
    }
    assert.ok(isBack())
  })

  it('prefers all others to a suspect one, and uses it when nobody else is left', async () => {
    const [only] = (await cluster.start(1, { status: 'suspect' })) as [Member]
    const client = cluster.client()
    assert.equal(await ask(client), only.id)
  })

  it('stops at once when the caller aborts, before and after the answer has begun', async () => {
    const member = await cluster.startOne()
    member.handler = silence
    const client = cluster.client()
    const waiting = new AbortController()
    const answer = client.fetch('http://users/', { signal: waiting.signal })
    await until(() => member.paths.length === 1)
    waiting.abort()
    await assert.rejects(answer, { name: 'AbortError' })
    member.handler = (_, response) => void response.writeHead(200).write('half')
    const reading = new AbortController()
    const response = await client.fetch('http://users/', { signal: reading.signal })
    reading.abort()
    await assert.rejects(response.text(), { name: 'AbortError' })
    await until(() => client.explain('users').candidates[0]?.pending === 0)
  })

  it('tells what happens on the diagnostics channel', async () => {
    const events: RopewalkEvent[] = []
    const stop = observe('client', event => events.push(event))
    const [broken] = (await cluster.start(2)) as [Member]
    broken.handler = reset
    await cluster.registerAbsent()
    const client = cluster.client({ balancer: inTurn, waitMs: 0 })
    await tally(4, () => ask(client))
    await client.request('http://nobody/').catch(() => undefined)
    stop()
    const names = new Set(events.map(({ event }) => event))
    assert.deepEqual([...names].toSorted(), ['instance.ejected', 'request.retried', 'request.unplaced'])
  })
})
