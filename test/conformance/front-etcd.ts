import { EtcdRegistry } from '../../src/adapters/etcd/index.ts'
import { startEtcd } from '../engines/engines.ts'
import { PATIENCE_MS } from '../patience.ts'
import { frontTrial } from './front.ts'

/** DaemonRegistry, at two fronts of one etcd. */
export const frontEtcd = frontTrial({ title: 'DaemonRegistry at a front of etcd', engine: 'etcd' }, async () => {
  const server = await startEtcd()
  return {
    open: () =>
      new EtcdRegistry({ endpoints: [`127.0.0.1:${server.ports.client}`], settleMs: 1_000, requestMs: PATIENCE_MS }),
    restart: options => server.restart(options),
    stop: () => server.stop(),
  }
})
