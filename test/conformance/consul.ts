import { ConsulRegistry } from '../../src/adapters/consul/index.ts'
import type { RegistryFixture } from '../../src/testing/registry-bench.ts'
import { TcpRelay } from '../../src/testing/tcp-relay.ts'
import { startConsul } from '../engines/engines.ts'
import { PATIENCE_MS } from '../patience.ts'
import type { RegistryTrial } from './registry-trial.ts'

/** ConsulRegistry, with one agent of Consul that is a server. */
export const consul: RegistryTrial = {
  title: 'ConsulRegistry',
  engine: 'consul',
  deviations: {},
  pace: {
    instances: 300,
    services: 200,
    reason:
      'the more instances a Consul agent has, the more each further one costs it: 488 a second up to 250, 124 up to 2,000',
  },
  async start() {
    const server = await startConsul()
    return {
      open: () => openConsul(server.ports.http, options => server.restart(options)),
      stop: () => server.stop(),
    }
  },
}

export async function openConsul(port: number, restart: RegistryFixture['restart'] & {}): Promise<RegistryFixture> {
  const relay = await TcpRelay.listen({ port })
  return {
    registry: registryAt(relay.port),
    peer: async () => registryAt(port),
    ttlMs: 2_000,
    async disconnect() {
      relay.refuse()
      return async () => relay.heal()
    },
    restart,
    close: () => relay[Symbol.asyncDispose](),
  }
}

function registryAt(port: number): ConsulRegistry {
  return new ConsulRegistry({ addresses: [`127.0.0.1:${port}`], settleMs: 1_000, requestMs: PATIENCE_MS })
}
