import { ConsulRegistry } from '../../../src/adapters/consul/index.ts'
import { startConsul } from '../../engines/engines.ts'
import type { EngineTrial } from '../engines/engine-trial.ts'

/** Consul, one agent that is a server. */
export const consulTrial: EngineTrial = {
  title: 'Consul',
  engine: 'consul',
  ttlMs: 8_000,
  async start() {
    const server = await startConsul()
    return {
      port: server.ports.http,
      kill: () => server.kill(),
      pause: async () => server.pause(),
      resume: async () => server.resume(),
      restart: options => server.restart(options),
      stop: () => server.stop(),
    }
  },
  url: port => `consul://127.0.0.1:${port}`,
  open: (port, { clock }) => new ConsulRegistry({ addresses: [`127.0.0.1:${port}`], clock }),
}
