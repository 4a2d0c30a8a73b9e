import assert from 'node:assert/strict'
import { rm } from 'node:fs/promises'
import { describe, it, type TestContext } from 'node:test'
import { DemoSystem } from '../../demo/system.ts'
import { openRegistry } from '../../src/cli/open-registry.ts'
import type { Instance } from '../../src/discovery/instance.ts'
import { WatchFollower } from '../../src/testing/watch-follower.ts'
import { poll } from '../cli/poll.ts'
import { start } from '../cli/ropewalk.ts'
import { missingEngine, startEtcd } from '../engines/engines.ts'

const SERVICES = { users: 3, orders: 2 } as const

/** What the registry at `url` has of the services of the demo. */
async function follow(t: TestContext, url: string): Promise<Record<keyof typeof SERVICES, () => readonly Instance[]>> {
  const registry = await openRegistry(url)
  t.after(() => registry.close())
  const [users, orders] = (['users', 'orders'] as const).map(serviceName => {
    const follower = new WatchFollower(registry, serviceName)
    t.after(() => follower.stop())
    return () => follower.set?.instances ?? []
  })
  return { users: users as () => readonly Instance[], orders: orders as () => readonly Instance[] }
}

describe('The demo, while it moves', { skip: missingEngine('consul') || missingEngine('etcd') }, () => {
  it('loses no request from Consul to etcd, with all its processes, by a sync and a rolling restart', async t => {
    const etcd = await startEtcd()
    t.after(() => etcd.stop())
    const url = `etcd://127.0.0.1:${etcd.ports.client}/shop`
    const system = await DemoSystem.start('consul')
    t.after(async () => {
      await system.stop()
      await rm(system.folder, { recursive: true, force: true })
    })
    for (const serviceName of ['users', 'orders'] as const) {
      for (let count = 0; count < SERVICES[serviceName]; count++) await system.startInstance(serviceName)
    }
    const load = system.startLoad(50)
    await load.untilTold('count')
    start(t, ['sync', system.registry.url, url, '--both'])
    const there = await follow(t, url)
    await poll(() => there.users().length === SERVICES.users && there.orders().length === SERVICES.orders)

    for (const serviceName of ['users', 'orders'] as const) {
      for (const old of system.instances(serviceName)) {
        await system.startInstance(serviceName, { ROPEWALK_REGISTRY: url })
        await system.stopInstance(serviceName, old)
      }
    }
    const here = await follow(t, system.registry.url)
    const isImage = ({ metadata }: Instance) => metadata['ropewalk.synced-from'] === url
    for (const serviceName of ['users', 'orders'] as const) {
      await poll(
        () => here[serviceName]().length === SERVICES[serviceName] && here[serviceName]().every(isImage),
        60_000,
      )
      await poll(() => there[serviceName]().length === SERVICES[serviceName])
    }
    load.tell('finish')
    const { requests, failed, failures } = await load.untilTold('result')
    assert.deepEqual([failed, failures], [0, {}])
    assert.ok(requests > 100, `only ${requests} requests were made`)
  })
})
