import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, it, type TestContext } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { ConsulAgent } from '../../../src/adapters/consul/agent.ts'
import { ConsulForbiddenError, ConsulRefusedError } from '../../../src/adapters/consul/errors.ts'
import { seededRandom } from '../../../src/core/random.ts'
import { RegistryUnavailableError } from '../../../src/discovery/errors.ts'
import { FakeClock } from '../../../src/testing/fake-clock.ts'
import { until } from '../daemon/until.ts'

const ATTEMPT_MS = 1_000

/** An agent that answers as `listener` does. */
async function agent(
  t: TestContext,
  listener: (request: IncomingMessage, response: ServerResponse) => void,
  { token, common = '' }: { token?: string; common?: string } = {},
) {
  const seen: IncomingMessage[] = []
  const server = createServer((request, response) => {
    seen.push(request)
    listener(request, response)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const clock = new FakeClock()
  const authority = `127.0.0.1:${(server.address() as AddressInfo).port}`
  const options = { authority, token, tls: undefined, common, clock, random: seededRandom(1), attemptMs: ATTEMPT_MS }
  const consul = new ConsulAgent(options)
  t.after(async () => {
    await consul.close()
    server.closeAllConnections()
    server.close()
  })
  return { consul, clock, seen }
}

describe('ConsulAgent', () => {
  it('sends the token in a header, and never in the URL', async t => {
    const { consul, seen } = await agent(t, (_, response) => response.end('[]'), { token: 's3cret', common: 'dc=dc2' })
    await consul.call({ path: ['health', 'service', 'a b?'], query: { passing: '' } })
    assert.equal(seen[0]?.url, '/v1/health/service/a%20b%3F?passing=&dc=dc2')
    assert.equal(seen[0]?.headers['x-consul-token'], 's3cret')
  })

  it('reads where an answer stands, if it says so', async t => {
    const { consul } = await agent(t, ({ url }, response) => {
      if (url === '/v1/index') response.setHeader('X-Consul-Index', '12')
      if (url === '/v1/hash') response.setHeader('X-Consul-ContentHash', 'abc')
      response.end('[]')
    })
    const positions = await Promise.all(['index', 'hash', 'none'].map(path => consul.call({ path: [path] })))
    assert.deepEqual(
      positions.map(({ index, hash }) => [index, hash]),
      [
        [12, undefined],
        [undefined, 'abc'],
        [undefined, undefined],
      ],
    )
  })

  it('tells what is missing, what is refused, what is not allowed and what may pass apart', async t => {
    const answers: Record<string, [number, string]> = {
      missing: [404, ''],
      refused: [400, 'Missing service name'],
      forbidden: [403, 'Permission denied'],
      unknown: [403, 'ACL not found'],
      'rpc-forbidden': [500, 'rpc error making call: Permission denied'],
      leaderless: [500, 'No cluster leader'],
      busy: [429, 'Your IP is issuing too many concurrent connections'],
    }
    const { consul } = await agent(
      t,
      ({ url = '' }, response) => {
        const [status, text] = answers[url.slice('/v1/'.length)] ?? [500, 'no such test']
        response.writeHead(status).end(text)
      },
      { token: 's3cret' },
    )
    const ask = (name: string) => consul.call({ path: [name] })
    assert.equal((await ask('missing')).status, 404)
    await assert.rejects(ask('refused'), {
      code: 'ERR_CONSUL_REQUEST_REFUSED',
      status: 400,
      text: 'Missing service name',
    })
    await assert.rejects(ask('forbidden'), { code: 'ERR_CONSUL_FORBIDDEN', isKnownToken: true })
    await assert.rejects(ask('unknown'), { code: 'ERR_CONSUL_FORBIDDEN', isKnownToken: false })
    await assert.rejects(ask('rpc-forbidden'), ConsulForbiddenError)
    for (const name of ['leaderless', 'busy']) {
      await assert.rejects(ask(name), (error: Error) => {
        assert.ok(error instanceof RegistryUnavailableError && error.cause instanceof ConsulRefusedError)
        assert.doesNotMatch(`${error.stack} ${error.cause.stack}`, /s3cret/)
        return true
      })
    }
  })

  it('gives a refusal that the caller deals with as an answer', async t => {
    const { consul } = await agent(t, (_, response) => response.writeHead(500).end('invalid session "x"'))
    const answer = await consul.call({ path: ['a'], accept: /invalid session/ })
    assert.deepEqual([answer.status, answer.text], [500, 'invalid session "x"'])
  })

  it('gives up at its limit, and when the signal says so', async t => {
    const { consul, clock, seen } = await agent(t, () => {})
    const late = assert.rejects(consul.call({ path: ['a'] }), RegistryUnavailableError)
    await until(() => seen.length === 1, 'it is asked')
    await clock.advance(ATTEMPT_MS)
    await late
    const controller = new AbortController()
    const reason = new Error('given up')
    const givenUp = assert.rejects(consul.call({ path: ['b'] }, controller), reason)
    controller.abort(reason)
    await givenUp
    await assert.rejects(consul.call({ path: ['c'] }, { signal: AbortSignal.abort(reason) }), reason)
    assert.equal(clock.pending, 0)
  })

  it('gives up all that waits when a beat is missed, or finds no leader, and connects anew', async t => {
    let leader = '"10.0.0.1:8300"'
    const { consul, clock, seen } = await agent(t, ({ url = '' }, response) => {
      if (url === '/v1/status/leader') response.end(leader)
    })
    const lost = assert.rejects(consul.wait({ path: ['a'] }, { limitMs: 60_000 }), RegistryUnavailableError)
    await until(() => seen.length === 1, 'it is asked')
    await clock.advance(3_600)
    await until(() => seen.length === 2, 'the heart beats')
    leader = '""'
    await until(async () => {
      await clock.advance(500)
      return seen.length === 3
    }, 'it beats again')
    await lost
    leader = '"10.0.0.1:8300"'
    assert.equal((await consul.call({ path: ['status', 'leader'] })).text, leader)
  })

  it('gives up all that waits when a request is met with silence, though other requests are answered', async t => {
    const answer = Promise.withResolvers<void>()
    const { consul, clock, seen } = await agent(t, ({ url }, response) => {
      if (url === '/v1/slow') void answer.promise.then(() => response.end('late'))
      if (url === '/v1/quick') response.end('[]')
    })
    const lost = assert.rejects(consul.wait({ path: ['change'] }, { limitMs: 60_000 }), RegistryUnavailableError)
    const unanswered = assert.rejects(consul.call({ path: ['silent'] }), RegistryUnavailableError)
    await until(() => seen.length === 2, 'both are asked')
    await clock.advance(0.6 * ATTEMPT_MS)
    assert.equal((await consul.call({ path: ['quick'] })).text, '[]')
    const slow = consul.call({ path: ['slow'] })
    await until(() => seen.length === 4, 'another is asked')
    await clock.advance(0.4 * ATTEMPT_MS)
    await Promise.all([unanswered, lost])
    answer.resolve()
    assert.equal((await slow).text, 'late')
    assert.equal((await consul.call({ path: ['quick'] })).text, '[]')
  })

  it('gives up all that waits when a request that was given up soon is met with silence all the same', async t => {
    const { consul, clock, seen } = await agent(t, () => {})
    const lost = assert.rejects(consul.wait({ path: ['change'] }, { limitMs: 60_000 }), RegistryUnavailableError)
    const controller = new AbortController()
    const reason = new Error('given up')
    const givenUp = assert.rejects(consul.call({ path: ['silent'] }, controller), reason)
    await until(() => seen.length === 2, 'both are asked')
    await clock.advance(0.2 * ATTEMPT_MS)
    controller.abort(reason)
    await givenUp
    await clock.advance(0.4 * ATTEMPT_MS)
    await lost
  })

  it('has what waits go on when a request that was given up soon is answered', async t => {
    const answer = Promise.withResolvers<void>()
    const { consul, clock, seen } = await agent(t, ({ url }, response) => {
      if (url === '/v1/slow') void answer.promise.then(() => response.end('late'))
      if (url === '/v1/quick') response.end('[]')
    })
    const waiting = consul.wait({ path: ['change'] }, { limitMs: 60_000 })
    const lost = assert.rejects(waiting, RegistryUnavailableError)
    const controller = new AbortController()
    const reason = new Error('given up')
    const givenUp = assert.rejects(consul.call({ path: ['slow'] }, controller), reason)
    await until(() => seen.length === 2, 'both are asked')
    const { pending } = clock
    controller.abort(reason)
    await givenUp
    answer.resolve()
    await until(() => clock.pending < pending, 'it is answered')
    await clock.advance(0.9 * ATTEMPT_MS)
    assert.equal(await Promise.race([waiting, nextTurn('it waits')]), 'it waits')
    await consul.close()
    await lost
  })

  it('has what waits go on when requests are given up soon', async t => {
    const { consul, clock, seen } = await agent(t, () => {})
    const waiting = consul.wait({ path: ['change'] }, { limitMs: 60_000 })
    const lost = assert.rejects(waiting, RegistryUnavailableError)
    const controller = new AbortController()
    const reason = new Error('given up')
    const givenUp = assert.rejects(consul.call({ path: ['silent'] }, controller), reason)
    await until(() => seen.length === 2, 'both are asked')
    await clock.advance(0.4 * ATTEMPT_MS)
    controller.abort(reason)
    await givenUp
    assert.equal(await Promise.race([waiting, nextTurn('it waits')]), 'it waits')
    await consul.close()
    await lost
  })
})
