import { ConsulRegistry } from '../../src/adapters/consul/index.ts'
import { startConsul } from '../engines/engines.ts'
import { PATIENCE_MS } from '../patience.ts'
import { frontTrial, LONG_GROUPS } from './front.ts'

const pace = {
  instances: 100,
  services: 100,
  reason: 'a front gives what is behind ten seconds for an answer, and a Consul agent a few hundred requests a second',
}

/** DaemonRegistry, at two fronts of one Consul. */
export const frontConsul = frontTrial(
  { title: 'DaemonRegistry at a front of Consul', engine: 'consul', atLeisure: LONG_GROUPS, pace },
  async () => {
    const server = await startConsul()
    const addresses = [`127.0.0.1:${server.ports.http}`]
    return {
      open: () => new ConsulRegistry({ addresses, settleMs: 1_000, requestMs: PATIENCE_MS }),
      restart: options => server.restart(options),
      stop: () => server.stop(),
    }
  },
)
