import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { Application } from '../../../src/application/application.ts'
import { openRegistry } from '../../../src/cli/open-registry.ts'
import { Client } from '../../../src/client/client.ts'
import { systemClock } from '../../../src/core/clock.ts'
import { sleep } from '../../../src/core/abort.ts'
import { Registrant } from '../../../src/discovery/registrant.ts'
import { WatchFollower } from '../../../src/testing/watch-follower.ts'
import { Site } from '../../../src/web/site.ts'
import { poll } from '../../cli/poll.ts'
import { start, startRegistry } from '../../cli/ropewalk.ts'
import { missingEngine, startConsul, startEtcd, startZooKeeper } from '../../engines/engines.ts'

/** How many requests at a time each consumer has under way. */
const AT_ONCE = 4

/** A service `users` that says which one it is. */
async function service(t: TestContext, url: string, name: string) {
  const registry = await openRegistry(url)
  const site = new Site('tcp:0:interface=127.0.0.1', () => Response.json({ name }))
  const registrant = new Registrant({ registry, serviceName: 'users', id: name, covers: site })
  const application = new Application(name, [registry, site, registrant])
  t.after(() => application.stop())
  await application.start()
  return async () => {
    await application.stop()
    const { acknowledged, missing } = registrant.lastDrain!
    assert.ok(acknowledged, `${name} was not let go of by ${missing.join(', ')}`)
    t.diagnostic(`${name} was drained in ${Math.round(registrant.lastDrain!.tookMs)} ms`)
  }
}

/** Somebody who calls `users` all the time. */
class Consumer {
  readonly answers = new Map<string, number>()
  readonly failures: unknown[] = []
  readonly #ending = new AbortController()
  readonly #calling: Promise<unknown>

  constructor(client: Client) {
    this.#calling = Promise.all(Array.from({ length: AT_ONCE }, () => this.#callOn(client)))
  }

  async stop(): Promise<void> {
    this.#ending.abort()
    await this.#calling
  }

  async #callOn(client: Client): Promise<void> {
    while (!this.#ending.signal.aborted) {
      try {
        const answer = await client.fetch('http://users/1')
        const { name } = (await answer.json()) as { name: string }
        this.answers.set(name, (this.answers.get(name) ?? 0) + 1)
      } catch (error) {
        this.failures.push(error)
      }
      await sleep(systemClock, 2)
    }
  }
}

async function consumer(t: TestContext, url: string): Promise<Consumer> {
  const registry = await openRegistry(url)
  const client = new Client({ registry })
  const application = new Application('consumer', [registry, client])
  await application.start()
  const calling = new Consumer(client)
  t.after(async () => {
    await calling.stop()
    await application.stop()
  })
  return calling
}

/** Waits until `registry` has exactly these instances of `users`, all ready. */
async function follow(t: TestContext, url: string) {
  const registry = await openRegistry(url)
  t.after(() => registry.close())
  const follower = new WatchFollower(registry, 'users')
  t.after(() => follower.stop())
  return (ids: readonly string[]) => poll(() => follower.ids?.join() === ids.join(), 60_000)
}

/** Moves two copies of a service, one after the other, while consumers on both sides call. */
async function move(t: TestContext, oldUrl: string, newUrl: string): Promise<void> {
  const [oldHas, newHas] = [await follow(t, oldUrl), await follow(t, newUrl)]
  const old = [await service(t, oldUrl, 'old-1'), await service(t, oldUrl, 'old-2')]
  start(t, ['sync', oldUrl, newUrl, '--both'])
  await newHas(['old-1', 'old-2'])
  const [there, here] = [await consumer(t, oldUrl), await consumer(t, newUrl)]
  await poll(() => there.answers.size === 2 && here.answers.size === 2, 60_000)
  await service(t, newUrl, 'new-1')
  await oldHas(['new-1', 'old-1', 'old-2'])
  await old[0]?.()
  await newHas(['new-1', 'old-2'])
  await service(t, newUrl, 'new-2')
  await oldHas(['new-1', 'new-2', 'old-2'])
  await old[1]?.()
  await newHas(['new-1', 'new-2'])
  await poll(() => there.answers.size === 4 && here.answers.size === 4, 60_000)
  await there.stop()
  await here.stop()
  assert.deepEqual([there.failures, here.failures], [[], []])
  for (const { answers } of [there, here])
    t.diagnostic(`${[...answers.values()].reduce((sum, one) => sum + one, 0)} calls`)
}

describe('Moving between registries', () => {
  it('fails no call, from one registry daemon to another', async t => {
    await move(t, await startRegistry(t), await startRegistry(t))
  })

  it('fails no call, from Consul to etcd', { skip: missingEngine('consul') || missingEngine('etcd') }, async t => {
    const [consul, etcd] = [await startConsul(), await startEtcd()]
    t.after(() => consul.stop())
    t.after(() => etcd.stop())
    await move(t, `consul://127.0.0.1:${consul.ports.http}`, `etcd://127.0.0.1:${etcd.ports.client}`)
  })

  it(
    'fails no call, from etcd to ZooKeeper',
    { skip: missingEngine('etcd') || missingEngine('zookeeper') },
    async t => {
      const [etcd, zookeeper] = [await startEtcd(), await startZooKeeper()]
      t.after(() => etcd.stop())
      t.after(() => zookeeper.stop())
      await move(t, `etcd://127.0.0.1:${etcd.ports.client}`, `zookeeper://127.0.0.1:${zookeeper.ports.client}`)
    },
  )
})
