import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { DnsRegistry, type DnsRegistryOptions } from '../../../src/adapters/dns/index.ts'
import { sleep } from '../../../src/core/abort.ts'
import { systemClock } from '../../../src/core/clock.ts'
import { observe } from '../../../src/core/event.ts'
import { WatchFollower } from '../../../src/testing/watch-follower.ts'
import { poll } from '../../cli/poll.ts'
import { address, NameServer, soa, srv } from './name-server.ts'

const NAME = 'users.service.test'

/** A registry that asks as often as it may. */
async function asking(t: TestContext, options: Partial<DnsRegistryOptions> = {}) {
  const server = await NameServer.start()
  const registry = new DnsRegistry({
    port: server.port,
    domain: 'service.test',
    ttlMsMin: 5,
    ttlMsMax: 20,
    timeoutMs: 200,
    ...options,
  })
  t.after(async () => {
    await registry.close()
    await server[Symbol.asyncDispose]()
  })
  return { server, registry, follow: (name = 'users') => new WatchFollower(registry, name) }
}

function summary(follower: WatchFollower) {
  return follower.set?.instances.map(({ id, endpoints, weight }) => [id, endpoints.join(), weight])
}

describe('DnsRegistry', () => {
  it('has an instance for each SRV record, with the addresses that come beside it, and follows changes', async t => {
    const { server, follow } = await asking(t)
    server.says({
      [`${NAME} SRV`]: {
        answers: [
          srv(NAME, 'h1.test', { port: 80, weight: 3 }),
          srv(NAME, 'h2.test', { port: 81, weight: 0 }),
          srv(NAME, '.', { port: 0 }),
        ],
        additionals: [address('h1.test', '10.0.0.1'), address('h2.test', '2001:db8::1')],
      },
    })
    const follower = follow()
    await poll(() => follower.sets.length > 0)
    assert.deepEqual(summary(follower), [
      ['h1.test:80', 'tcp://10.0.0.1:80', 3],
      ['h2.test:81', 'tcp://[2001:db8:0:0:0:0:0:1]:81', 1],
    ])
    server.says({
      [`${NAME} SRV`]: { answers: [srv(NAME, 'h1.test', { port: 80 })], additionals: [address('h1.test', '10.0.0.1')] },
    })
    await poll(() => follower.ids?.length === 1)
    assert.deepEqual([follower.set?.known, follower.set?.stale], [true, false])
  })

  it('asks for the addresses that do not come beside it, and gives work to the best priority only', async t => {
    const { server, follow } = await asking(t)
    server.says({
      [`${NAME} SRV`]: {
        answers: [srv(NAME, 'h1.test', { port: 80, priority: 2 }), srv(NAME, 'h2.test', { port: 80, priority: 1 })],
      },
      'h1.test A': { answers: [address('h1.test', '10.0.0.1')] },
      'h1.test AAAA': {},
      'h2.test A': { answers: [address('h2.test', '10.0.0.2')] },
      'h2.test AAAA': {},
    })
    const follower = follow()
    await poll(() => follower.sets.length > 0)
    assert.deepEqual(summary(follower), [
      ['h1.test:80', 'tcp://10.0.0.1:80', 0],
      ['h2.test:80', 'tcp://10.0.0.2:80', 1],
    ])
  })

  it('has an instance for each address where the port is given', async t => {
    const { server, follow } = await asking(t, { instancePort: 8080 })
    server.says({
      [`${NAME} A`]: { answers: [address(NAME, '10.0.0.1'), address(NAME, '10.0.0.2')] },
      [`${NAME} AAAA`]: { answers: [address(NAME, '::1')] },
    })
    const follower = follow()
    await poll(() => follower.ids?.length === 3)
    assert.deepEqual(
      follower.set?.instances.map(({ endpoints }) => endpoints[0]),
      ['tcp://10.0.0.1:8080', 'tcp://10.0.0.2:8080', 'tcp://[0:0:0:0:0:0:0:1]:8080'],
    )
  })

  it('tells a name that does not exist from one without records, and neither from a failure', async t => {
    const { server, follow } = await asking(t)
    const follower = follow()
    await poll(() => follower.sets.length > 0)
    assert.deepEqual([follower.ids, follower.set?.known], [[], false])
    server.says({ [`${NAME} SRV`]: { authorities: [soa('test', 0)] } })
    await poll(() => follower.set?.known === true)
    assert.deepEqual(follower.ids, [])
    server.says({
      [`${NAME} SRV`]: { answers: [srv(NAME, 'h1.test', { port: 80 })], additionals: [address('h1.test', '10.0.0.1')] },
    })
    await poll(() => follower.ids?.length === 1)
    for (const reply of [{ code: 2 }, { code: 5 }, 'silent'] as const) {
      server.says({ [`${NAME} SRV`]: reply })
      await poll(() => follower.set?.stale === true)
      assert.equal(follower.ids?.length, 1)
      server.says({
        [`${NAME} SRV`]: {
          answers: [srv(NAME, 'h1.test', { port: 80 })],
          additionals: [address('h1.test', '10.0.0.1')],
        },
      })
      await poll(() => follower.set?.stale === false)
    }
    server.says({})
    await poll(() => follower.ids?.length === 0)
    assert.deepEqual([follower.set?.known, follower.set?.stale], [true, false])
  })

  it('takes nothing out because the address of one target was not answered', async t => {
    const { server, follow } = await asking(t)
    const both = {
      answers: [srv(NAME, 'h1.test', { port: 80 }), srv(NAME, 'h2.test', { port: 80 })],
      additionals: [address('h1.test', '10.0.0.1')],
    }
    server.says({
      [`${NAME} SRV`]: both,
      'h2.test A': { answers: [address('h2.test', '10.0.0.2')] },
      'h2.test AAAA': {},
    })
    const follower = follow()
    await poll(() => follower.ids?.length === 2)
    server.says({ [`${NAME} SRV`]: both, 'h2.test A': { code: 2 }, 'h2.test AAAA': {} })
    await poll(() => follower.set?.stale === true)
    assert.equal(follower.ids?.length, 2)
  })

  it('asks again by TCP what did not fit', async t => {
    const { server, follow } = await asking(t)
    const answers = Array.from({ length: 200 }, (_, at) => srv(NAME, `h${at}.test`, { port: 80 }))
    const additionals = Array.from({ length: 200 }, (_, at) => address(`h${at}.test`, `10.0.0.${at}`))
    server.says({ [`${NAME} SRV`]: { answers, additionals, truncated: true } })
    const follower = follow()
    await poll(() => follower.ids?.length === 200)
    assert.ok(server.asked.includes(`${NAME} SRV TCP`))
  })

  it('takes no answer by TCP that is to another question', async t => {
    const { server, follow } = await asking(t)
    const reply = {
      answers: [srv(NAME, 'h1.test', { port: 80 })],
      additionals: [address('h1.test', '10.0.0.1')],
      truncated: true,
    }
    server.says({ [`${NAME} SRV`]: reply })
    const follower = follow()
    await poll(() => follower.ids?.length === 1)
    for (const astray of [{ id: 1 }, { name: 'orders.service.test' }]) {
      server.says({ [`${NAME} SRV`]: { ...reply, astray } })
      await poll(() => follower.set?.stale === true)
      server.says({ [`${NAME} SRV`]: reply })
      await poll(() => follower.set?.stale === false)
    }
  })

  it('asks no more than the floor allows, no less than the ceiling, and only while somebody watches', async t => {
    const { server, follow } = await asking(t, { ttlMsMin: 5, ttlMsMax: 30 })
    server.says({
      [`${NAME} SRV`]: {
        answers: [srv(NAME, 'h1.test', { port: 80, ttl: 3600 })],
        additionals: [address('h1.test', '10.0.0.1', 3600)],
      },
    })
    const followers = [follow(), follow()]
    await poll(() => server.asked.length >= 3)
    for (const follower of followers) follower.stop()
    await poll(() => followers.every(({ error }) => error !== undefined))
    const { length } = server.asked
    await sleep(systemClock, 100)
    assert.ok(server.asked.length <= length + 1)
  })

  it('puts names where a pattern has them, and does not ask for what is no name', async t => {
    const { server, registry, follow } = await asking(t, { domain: '_{service}._tcp.test', services: ['users'] })
    server.says({
      '_users._tcp.test SRV': {
        answers: [srv('_users._tcp.test', 'h1.test', { port: 80 })],
        additionals: [address('h1.test', '10.0.0.1')],
      },
    })
    const [follower, strange] = [follow(), follow('no name!')]
    await poll(() => follower.ids?.length === 1 && strange.sets.length === 1)
    assert.equal(strange.set?.known, false)
    const names = registry.services()
    let seen = (await names.next()).value?.names ?? []
    while (seen.length === 0) seen = (await names.next()).value?.names ?? []
    assert.deepEqual(seen, ['users'])
    await names.return()
  })

  it('tells of a failure once, and of its end', async t => {
    const { server, follow } = await asking(t)
    const events: string[] = []
    t.after(
      observe(
        'registry',
        ({ event, registry }) =>
          void (registry === `dns://127.0.0.1:${server.port}/service.test` && events.push(event)),
      ),
    )
    server.says({ [`${NAME} SRV`]: { code: 2 } })
    follow()
    await poll(() => server.asked.length > 6)
    server.says({})
    await poll(() => events.length === 2)
    assert.deepEqual(events, ['registry.lost', 'registry.connected'])
  })
})
