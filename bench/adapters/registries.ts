import { startConsul } from '../../tools/engines/servers/consul.ts'
import { startEtcd } from '../../tools/engines/servers/etcd.ts'
import { startZooKeeper } from '../../tools/engines/servers/zookeeper.ts'

/** A registry as it is measured by its URL. To add one, add it here. */
export interface MeasuredRegistry {
  readonly name: string
  /** Starts what keeps the data. Rejects with `EngineMissingError` when it cannot be had on this machine. */
  readonly start: () => Promise<StartedRegistry>
}

/** What keeps the data of a registry, and where. */
export interface StartedRegistry {
  readonly url: string
  readonly stop: () => Promise<void>
}

/** The registries there are, each with an engine of one node that does not wait for its disk, but for Consul, whose agents always do. */
export const REGISTRIES: readonly MeasuredRegistry[] = [
  {
    name: 'etcd 3.4',
    start: async () => {
      const etcd = await startEtcd()
      return { url: `etcd://127.0.0.1:${etcd.ports.client}`, stop: () => etcd.stop() }
    },
  },
  {
    name: 'Consul 1.8',
    start: async () => {
      const consul = await startConsul()
      return { url: `consul://127.0.0.1:${consul.ports.http}`, stop: () => consul.stop() }
    },
  },
  {
    name: 'ZooKeeper 3.8',
    start: async () => {
      const zooKeeper = await startZooKeeper()
      return { url: `zookeeper://127.0.0.1:${zooKeeper.ports.client}`, stop: () => zooKeeper.stop() }
    },
  },
]
