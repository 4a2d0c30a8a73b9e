import { EtcdRegistry } from '../../src/adapters/etcd/index.ts'
import { startEtcd } from '../engines/engines.ts'
import { frontTrial } from './front.ts'
import { tryRegistry } from './registry-trial.ts'

tryRegistry(
  frontTrial({ title: 'DaemonRegistry at a front of etcd', engine: 'etcd' }, async () => {
    const server = await startEtcd()
    return {
      open: () => new EtcdRegistry({ endpoints: [`127.0.0.1:${server.ports.client}`], settleMs: 1_000 }),
      restart: options => server.restart(options),
      stop: () => server.stop(),
    }
  }),
)
