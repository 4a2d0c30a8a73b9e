import { ZookeeperRegistry } from '../../src/adapters/zookeeper/index.ts'
import type { RegistryFixture } from '../../src/testing/registry-bench.ts'
import { TcpRelay } from '../../src/testing/tcp-relay.ts'
import { startZooKeeper } from '../engines/engines.ts'
import { PATIENCE_MS } from '../patience.ts'
import type { RegistryTrial } from './registry-trial.ts'

/** ZookeeperRegistry, with a ZooKeeper of one node. */
export const zookeeper: RegistryTrial = {
  title: 'ZookeeperRegistry',
  engine: 'zookeeper',
  deviations: {},
  async start() {
    const server = await startZooKeeper()
    return {
      open: () => openZooKeeper(server.ports.client, options => server.restart(options)),
      stop: () => server.stop(),
    }
  },
}

async function openZooKeeper(port: number, restart: RegistryFixture['restart'] & {}): Promise<RegistryFixture> {
  const relay = await TcpRelay.listen({ port })
  return {
    registry: registryAt(relay.port),
    peer: async () => registryAt(port),
    // The session of a process lives as long as its shortest lease: a busy machine has to come round within it.
    ttlMs: 2_000,
    async disconnect() {
      relay.refuse()
      return async () => relay.heal()
    },
    restart,
    close: () => relay[Symbol.asyncDispose](),
  }
}

function registryAt(port: number): ZookeeperRegistry {
  return new ZookeeperRegistry({ servers: [{ host: '127.0.0.1', port }], settleMs: 1_000, requestMs: PATIENCE_MS })
}
