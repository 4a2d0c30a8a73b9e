import { startConsul } from '../../tools/engines/servers/consul.ts'
import { startZooKeeper } from '../../tools/engines/servers/zookeeper.ts'
import type { RegistrySystem } from '../daemon/registry-contender.ts'
import { engineProgram } from '../harness/engine-program.ts'

/** Consul, one agent that is a server with its data on disk, by our client, which costs less than that of npm. */
export const consul: RegistrySystem = {
  name: 'Consul 1.8.7',
  start: async () => engineProgram(await startConsul(), 'http'),
  load: program('consul-load.ts'),
  watchers: program('consul-watchers.ts'),
}

/** ZooKeeper, one node that waits for its disk, by the barest client there can be. */
export const zooKeeper: RegistrySystem = {
  name: 'ZooKeeper 3.8',
  start: async () => engineProgram(await startZooKeeper({ config: { forceSync: 'yes' } }), 'client'),
  load: program('zookeeper-load.ts'),
  watchers: program('zookeeper-watchers.ts'),
}

function program(name: string): URL {
  return new URL(`programs/${name}`, import.meta.url)
}
