import { after, before, describe } from 'node:test'
import { ZookeeperRegistry } from '../../../src/adapters/zookeeper/index.ts'
import { missingEngine, startZooKeeperCluster } from '../../engines/engines.ts'
import { BadDay } from '../engines/bad-day.ts'
import { clusterDays, type ClusterDay, wholeCluster } from '../engines/cluster-days.ts'
import { zookeeperTrial } from './zookeeper-trial.ts'

describe('ZooKeeper of three servers on a bad day', { skip: missingEngine('zookeeper') }, () => {
  let today: ClusterDay | undefined

  before(async () => {
    // A server without its leader stops answering after `syncLimit` ticks. One that was elected waits `initLimit` for the others, who may have elected another.
    const cluster = await startZooKeeperCluster({ config: { syncLimit: 10, initLimit: 50 }, links: true })
    const servers = cluster.nodes.map(({ ports }) => ({ host: '127.0.0.1', port: ports.client }))
    const day = await BadDay.start({
      ...zookeeperTrial,
      ttlMs: 5_000,
      start: async () => wholeCluster(cluster, cluster.node(0).ports.client),
      url: () => `zookeeper://${servers.map(({ host, port }) => `${host}:${port}`).join()}`,
      open: (_, { clock }) => new ZookeeperRegistry({ servers, clock }),
    })
    today = { cluster, day }
  })
  after(() => today?.day[Symbol.asyncDispose]())

  clusterDays(() => today as ClusterDay)
})
