import { ConsulRegistry } from '../../src/adapters/consul/index.ts'
import { startConsul } from '../engines/engines.ts'
import { PATIENCE_MS } from '../patience.ts'
import { consul } from './consul.ts'
import { frontTrial, LONG_GROUPS } from './front.ts'

const { pace } = consul

/** DaemonRegistry, at two fronts of one Consul. */
export const frontConsul = frontTrial(
  { title: 'DaemonRegistry at a front of Consul', engine: 'consul', atLeisure: LONG_GROUPS, ...(pace && { pace }) },
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
