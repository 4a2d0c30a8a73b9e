import { after, before, describe } from 'node:test'
import { EtcdRegistry } from '../../../src/adapters/etcd/index.ts'
import { missingEngine, startEtcdCluster } from '../../engines/engines.ts'
import { BadDay } from '../engines/bad-day.ts'
import { clusterDays, type ClusterDay, wholeCluster } from '../engines/cluster-days.ts'
import { etcdTrial } from './etcd-trial.ts'

describe('etcd of three nodes on a bad day', { skip: missingEngine('etcd') }, () => {
  let today: ClusterDay | undefined

  before(async () => {
    const cluster = await startEtcdCluster({ links: true })
    const endpoints = cluster.nodes.map(node => `127.0.0.1:${node.ports.client}`)
    const day = await BadDay.start({
      ...etcdTrial,
      ttlMs: 5_000,
      start: async () => wholeCluster(cluster, cluster.node(0).ports.client),
      url: () => `etcd://${endpoints.join()}`,
      open: (_, { clock }) => new EtcdRegistry({ endpoints, clock }),
    })
    today = { cluster, day }
  })
  after(() => today?.day[Symbol.asyncDispose]())

  clusterDays(() => today as ClusterDay)
})
