import { EtcdRegistry } from '../../src/adapters/etcd/index.ts'
import type { RegistryFixture } from '../../src/testing/registry-bench.ts'
import { TcpRelay } from '../../src/testing/tcp-relay.ts'
import { startEtcd } from '../engines/engines.ts'
import { PATIENCE_MS } from '../patience.ts'
import type { RegistryTrial } from './registry-trial.ts'

/** EtcdRegistry, with an etcd of one node. */
export const etcd: RegistryTrial = {
  title: 'EtcdRegistry',
  engine: 'etcd',
  deviations: {},
  async start() {
    const server = await startEtcd()
    return {
      open: () => openEtcd(server.ports.client, options => server.restart(options)),
      stop: () => server.stop(),
    }
  },
}

async function openEtcd(port: number, restart: RegistryFixture['restart'] & {}): Promise<RegistryFixture> {
  const relay = await TcpRelay.listen({ port })
  return {
    registry: registryAt(relay.port),
    peer: async () => registryAt(port),
    async disconnect() {
      relay.refuse()
      return async () => relay.heal()
    },
    restart,
    close: () => relay[Symbol.asyncDispose](),
  }
}

function registryAt(port: number): EtcdRegistry {
  return new EtcdRegistry({ endpoints: [`127.0.0.1:${port}`], settleMs: 1_000, requestMs: PATIENCE_MS })
}
