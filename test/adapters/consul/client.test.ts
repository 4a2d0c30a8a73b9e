import assert from 'node:assert/strict'
import { after, describe, it, type TestContext } from 'node:test'
import { ConsulClient, type ConsulClientOptions } from '../../../src/adapters/consul/client.ts'
import { contentOf, type ConsulAnswer } from '../../../src/adapters/consul/request.ts'
import { RegistryUnavailableError } from '../../../src/discovery/errors.ts'
import { TcpRelay } from '../../../src/testing/tcp-relay.ts'
import { missingEngine, startConsul } from '../../engines/engines.ts'
import { until } from '../daemon/until.ts'

const skip = missingEngine('consul')

/** Follows a request until the test is over. */
function follow(
  t: TestContext,
  client: ConsulClient,
  path: readonly string[],
): { answers: ConsulAnswer[]; error?: unknown } {
  const controller = new AbortController()
  t.after(() => controller.abort())
  const followed: { answers: ConsulAnswer[]; error?: unknown } = { answers: [] }
  void (async () => {
    try {
      for await (const answer of client.follow({ path }, controller)) followed.answers.push(answer)
    } catch (error) {
      followed.error = error
    }
  })()
  return followed
}

const register = (client: ConsulClient, service: object) =>
  client.call({ method: 'PUT', path: ['agent', 'service', 'register'], body: service })

describe('ConsulClient, with a real Consul', { skip }, async () => {
  if (skip) return
  const consul = await startConsul()
  after(() => consul.stop())
  const address = `127.0.0.1:${consul.ports.http}`
  const leader = { path: ['status', 'leader'] }

  function connect(t: TestContext, options: ConsulClientOptions = {}): ConsulClient {
    const client = new ConsulClient({ addresses: [address], ...options })
    t.after(() => client.close())
    return client
  }

  it('writes and reads what is strange in a URL', async t => {
    const client = connect(t)
    const path = ['kv', 'a b', 'ü?#%', '"']
    await client.call({ method: 'PUT', path, body: '绳\u0000' })
    const [entry] = contentOf(await client.call({ path })) as [{ Key: string; Value: string }]
    assert.equal(entry.Key, 'a b/ü?#%/"')
    assert.equal(Buffer.from(entry.Value, 'base64').toString(), '绳\u0000')
  })

  it('is told of each change by the index of a service, whether or not there is one yet', async t => {
    const client = connect(t)
    const followed = follow(t, client, ['health', 'service', 'changing'])
    await until(() => followed.answers.length === 1, 'it hears that there is none')
    for (const Port of [1, 2, 3]) {
      await register(client, { Name: 'changing', Port })
      await until(() => (followed.answers.at(-1)?.text ?? '').includes(`"Port":${Port},`), `it hears of port ${Port}`)
    }
    const indexes = followed.answers.map(({ index }) => index ?? 0)
    assert.deepEqual(
      indexes,
      [...new Set(indexes)].toSorted((one, other) => one - other),
    )
  })

  it('is told of each change by the hash of a service at an agent, and of its end', async t => {
    const client = connect(t)
    await register(client, { Name: 'hashed', Port: 1 })
    const followed = follow(t, client, ['agent', 'service', 'hashed'])
    await until(() => followed.answers.length === 1, 'it hears of the service')
    await register(client, { Name: 'hashed', Port: 2 })
    await until(() => followed.answers.at(-1)?.text.includes('"Port":2,') === true, 'it hears of the change')
    await client.call({ method: 'PUT', path: ['agent', 'service', 'deregister', 'hashed'] })
    await until(() => followed.answers.at(-1)?.status === 404, 'it hears of the end')
  })

  it('asks again after a wait in vain, which is no news', async t => {
    const client = connect(t, { waitMs: 100 })
    const followed = follow(t, client, ['health', 'service', 'quiet'])
    const before = await consul.cpuMs()
    await until(() => followed.answers.length === 1, 'it hears that there is none')
    await until(async () => (await consul.cpuMs()) >= before, 'time passes')
    await register(client, { Name: 'quiet', Port: 1 })
    await until(() => followed.answers.at(-1)?.text.includes('"Port":1,') === true, 'it hears of the service')
    assert.equal(followed.error, undefined)
  })

  it('goes to the next agent when one cannot be reached, and stays there', async t => {
    const relay = await TcpRelay.listen({ port: consul.ports.http })
    t.after(() => relay[Symbol.asyncDispose]())
    const client = connect(t, { addresses: [`127.0.0.1:${relay.port}`, address] })
    const first = client.agent
    await client.call(leader)
    assert.equal(client.agent, first)
    relay.refuse()
    await client.call(leader)
    assert.notEqual(client.agent, first)
    relay.heal()
    await client.call(leader)
    assert.notEqual(client.agent, first)
  })

  it('goes on waiting at the next agent, from where it was', async t => {
    const relay = await TcpRelay.listen({ port: consul.ports.http })
    t.after(() => relay[Symbol.asyncDispose]())
    const client = connect(t, { addresses: [`127.0.0.1:${relay.port}`, address] })
    const followed = follow(t, client, ['health', 'service', 'moving'])
    await until(() => followed.answers.length === 1, 'it hears that there is none')
    relay.refuse()
    await register(client, { Name: 'moving', Port: 1 })
    await until(() => followed.answers.at(-1)?.text.includes('"Port":1,') === true, 'it hears of the service')
    assert.equal(followed.error, undefined)
  })

  it('tells when no agent can be reached, without the token', async t => {
    const relay = await TcpRelay.listen({ port: consul.ports.http })
    t.after(() => relay[Symbol.asyncDispose]())
    const client = connect(t, { addresses: [`127.0.0.1:${relay.port}`], token: 's3cret' })
    const followed = follow(t, client, ['health', 'service', 'lost'])
    await until(() => followed.answers.length === 1, 'it waits')
    relay.refuse()
    await until(() => followed.error !== undefined, 'the wait fails')
    assert.ok(followed.error instanceof RegistryUnavailableError)
    await assert.rejects(client.call(leader), (error: Error) => !`${error.stack}`.includes('s3cret'))
  })

  it('notices a network that drops everything, by its heartbeat', async t => {
    const relay = await TcpRelay.listen({ port: consul.ports.http })
    t.after(() => relay[Symbol.asyncDispose]())
    const client = connect(t, { addresses: [`127.0.0.1:${relay.port}`], attemptMs: 500 })
    const followed = follow(t, client, ['health', 'service', 'dropped'])
    await until(() => followed.answers.length === 1, 'it waits')
    relay.pause()
    await until(() => followed.error !== undefined, 'the wait fails')
  })

  it('notices a connection that is dead on one side only, by the answer that is overdue', async t => {
    const relay = await TcpRelay.listen({ port: consul.ports.http })
    t.after(() => relay[Symbol.asyncDispose]())
    const client = connect(t, { addresses: [`127.0.0.1:${relay.port}`], waitMs: 1_000 })
    const followed = follow(t, client, ['health', 'service', 'half'])
    await until(() => followed.answers.length === 1, 'it waits')
    relay.halfOpen()
    await until(() => followed.error !== undefined, 'the wait fails')
  })

  it('speaks of a datacenter that there is not as unreachable', async t => {
    await assert.rejects(
      connect(t, { datacenter: 'mars' }).call({ path: ['catalog', 'services'] }),
      RegistryUnavailableError,
    )
  })
})
