import { EngineMissingError, engineNamed } from '../tools/engines/find.ts'
import { installEngine } from '../tools/engines/install.ts'
import { missingEngine } from '../tools/engines/missing.ts'
import { startConsul } from '../tools/engines/servers/consul.ts'
import type { EngineServer } from '../tools/engines/servers/engine-server.ts'
import { startEtcd } from '../tools/engines/servers/etcd.ts'
import { startZooKeeper } from '../tools/engines/servers/zookeeper.ts'
import type { DemoRegistry } from './demo-registry.ts'

/** Starts the engine of that name for the demo, installed first if it is missing. Rejects with `EngineMissingError` when it cannot be had. */
export async function startEngineOfDemo(name: string): Promise<DemoRegistry> {
  const start = STARTS[name]
  if (!start) throw new EngineMissingError(`There are: daemon, ${Object.keys(STARTS).join(', ')}`)
  if (missingEngine(name) !== false) await installEngine(engineNamed(name))
  return start()
}

const STARTS: Readonly<Record<string, () => Promise<DemoRegistry>>> = {
  etcd: async () => demoRegistry('etcd', await startEtcd(), 'client'),
  consul: async () => demoRegistry('consul', await startConsul(), 'http'),
  zookeeper: async () => demoRegistry('zookeeper', await startZooKeeper(), 'client'),
}

/**
 * An engine as the demo's registry: one node. Without its data it comes back as an engine does whose disk was replaced: with no record, no
 * lease, no session, and a revision that begins anew.
 */
function demoRegistry<Port extends string>(scheme: string, server: EngineServer<Port>, port: Port): DemoRegistry {
  return {
    url: `${scheme}://127.0.0.1:${server.ports[port]}`,
    async start({ empty }) {
      if (!server.running || empty) await server.restart({ empty })
    },
    kill: () => server.kill(),
    stop: () => server.stop(),
  }
}
