import { it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import type { EngineCluster } from '../../../tools/engines/servers/engine-cluster.ts'
import type { BadDay } from './bad-day.ts'
import type { TrialServer } from './engine-trial.ts'

/** A cluster, and the day on which its callers work. Not there before the tests run. */
export interface ClusterDay {
  readonly cluster: EngineCluster
  readonly day: BadDay
}

/** A cluster in the place of one server: what happens here happens to single nodes. */
export function wholeCluster(cluster: EngineCluster, port: number): TrialServer {
  return {
    port,
    kill: () => cluster.kill(),
    pause: () => each(cluster.nodes, node => node.pause()),
    resume: () => each(cluster.nodes, node => node.resume()),
    restart: options => cluster.restart(options),
    stop: () => cluster.stop(),
  }
}

/** What a cluster of three nodes does on its worst days: callers lose no call, and all is well again afterwards. To be called in a `describe`. */
export function clusterDays(of: () => ClusterDay): void {
  it('whose leader is killed, and comes back, costs no call', async context => {
    const { cluster, day } = of()
    const leader = cluster.node(await cluster.leader())
    await leader.kill()
    await day.work(context)
    await day.recover(context, () => leader.restart())
  })

  it('of which each is killed in turn costs no call', async context => {
    const { cluster, day } = of()
    for (const node of cluster.nodes) {
      await node.kill()
      await day.work(context)
      await node.restart()
      await cluster.leader()
    }
    await day.recover(context, () => {})
  })

  it('whose leader hangs costs no call', async context => {
    const { cluster, day } = of()
    const leader = cluster.node(await cluster.leader())
    await leader.pause()
    await day.work(context)
    await day.recover(context, () => leader.resume())
  })

  it('whose leader is cut off from the others, but not from its clients, costs no call', async context => {
    const { cluster, day } = of()
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
    const { cluster, day } = of()
    const leader = await cluster.leader()
    const follower = (leader + 1) % cluster.nodes.length
    cluster.isolate(follower)
    await day.work(context)
    await delay(day.trial.ttlMs)
    await day.recover(context, () => cluster.rejoin(follower))
  })

  it('of which one is left, which may not answer, costs no call, and goes on when the others are back', async context => {
    const { cluster, day } = of()
    const [, ...others] = cluster.nodes
    await each(others, node => node.pause())
    await day.untilStale()
    await delay(2 * day.trial.ttlMs)
    await day.recover(context, () => each(others, node => node.resume()))
  })

  it('that is killed as a whole, and comes back without its data, costs no call', async context => {
    const { cluster, day } = of()
    await cluster.kill()
    await day.untilStale()
    await day.recover(context, () => cluster.restart({ empty: true }))
  })
}

type Node = EngineCluster['nodes'][number]

async function each(nodes: readonly Node[], act: (node: Node) => Promise<void> | void): Promise<void> {
  await Promise.all(nodes.map(async node => act(node)))
}
