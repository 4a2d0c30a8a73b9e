import { after, before, describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { ZookeeperRegistry } from '../../../src/adapters/zookeeper/index.ts'
import type { EngineCluster } from '../../../tools/engines/servers/engine-cluster.ts'
import type { EngineServer } from '../../../tools/engines/servers/engine-server.ts'
import type { ZooKeeperPort } from '../../../tools/engines/servers/zookeeper.ts'
import { missingEngine, startZooKeeperCluster } from '../../engines/engines.ts'
import { BadDay } from '../engines/bad-day.ts'
import { zookeeperTrial } from './zookeeper-trial.ts'

const TTL_MS = 5_000

describe('ZooKeeper of three servers on a bad day', { skip: missingEngine('zookeeper') }, () => {
  let cluster: EngineCluster<ZooKeeperPort>
  let day: BadDay

  before(async () => {
    // A server without its leader stops answering after `syncLimit` ticks.
    cluster = await startZooKeeperCluster({ config: { syncLimit: 10 }, links: true })
    const servers = cluster.nodes.map(({ ports }) => ({ host: '127.0.0.1', port: ports.client }))
    day = await BadDay.start({
      ...zookeeperTrial,
      ttlMs: TTL_MS,
      // What happens here happens to single servers.
      start: async () => ({
        port: cluster.node(0).ports.client,
        kill: () => cluster.kill(),
        pause: () => each(cluster.nodes, node => node.pause()),
        resume: () => each(cluster.nodes, node => node.resume()),
        restart: options => cluster.restart(options),
        stop: () => cluster.stop(),
      }),
      url: () => `zookeeper://${servers.map(({ host, port }) => `${host}:${port}`).join()}`,
      open: (_, { clock }) => new ZookeeperRegistry({ servers, clock }),
    })
  })
  after(() => day?.[Symbol.asyncDispose]())

  it('whose leader is killed, and comes back, costs no call', async context => {
    const leader = cluster.node(await cluster.leader())
    await leader.kill()
    await day.work(context)
    await day.recover(context, () => leader.restart())
  })

  it('of which each is killed in turn costs no call', async context => {
    for (const node of cluster.nodes) {
      await node.kill()
      await day.work(context)
      await node.restart()
      await cluster.leader()
    }
    await day.recover(context, () => {})
  })

  it('whose leader hangs costs no call', async context => {
    const leader = cluster.node(await cluster.leader())
    await leader.pause()
    await day.work(context)
    await day.recover(context, () => leader.resume())
  })

  it('whose leader is cut off from the others, but not from its clients, costs no call', async context => {
    const leader = await cluster.leader()
    cluster.isolate(leader)
    await cluster.leader({ without: [leader] })
    await day.work(context)
    await day.recover(context, async () => {
      cluster.rejoin(leader)
      await cluster.node(leader).untilReady()
    })
  })

  it('of which a follower is cut off from the others, though not from its callers, costs no call', async context => {
    const leader = await cluster.leader()
    const follower = (leader + 1) % cluster.nodes.length
    cluster.isolate(follower)
    await day.work(context)
    await delay(TTL_MS)
    await day.recover(context, () => cluster.rejoin(follower))
  })

  it('of which one is left, which must not answer, costs no call, and goes on when the others are back', async context => {
    const [, ...others] = cluster.nodes
    await each(others, node => node.pause())
    await day.untilStale()
    await delay(2 * TTL_MS)
    await day.recover(context, () => each(others, node => node.resume()))
  })

  it('that is killed as a whole, and comes back without its data, costs no call', async context => {
    await cluster.kill()
    await day.untilStale()
    await day.recover(context, () => cluster.restart({ empty: true }))
  })
})

async function each(
  nodes: readonly EngineServer<ZooKeeperPort>[],
  act: (node: EngineServer<ZooKeeperPort>) => Promise<void> | void,
): Promise<void> {
  await Promise.all(nodes.map(async node => act(node)))
}
