import { ZookeeperRegistry } from '../../src/adapters/zookeeper/index.ts'
import { startZooKeeper } from '../engines/engines.ts'
import { PATIENCE_MS } from '../patience.ts'
import { frontTrial, LONG_GROUPS } from './front.ts'

/** DaemonRegistry, at two fronts of one ZooKeeper. */
export const frontZookeeper = frontTrial(
  { title: 'DaemonRegistry at a front of ZooKeeper', engine: 'zookeeper', atLeisure: LONG_GROUPS },
  async () => {
    const server = await startZooKeeper()
    const servers = [{ host: '127.0.0.1', port: server.ports.client }]
    return {
      open: () => new ZookeeperRegistry({ servers, settleMs: 1_000, requestMs: PATIENCE_MS }),
      restart: options => server.restart(options),
      stop: () => server.stop(),
    }
  },
)
