import { ZookeeperRegistry } from '../../../src/adapters/zookeeper/index.ts'
import { startZooKeeper } from '../../engines/engines.ts'
import type { EngineTrial } from '../engines/engine-trial.ts'

/** ZooKeeper, one server. */
export const zookeeperTrial: EngineTrial = {
  title: 'ZooKeeper',
  engine: 'zookeeper',
  ttlMs: 5_000,
  async start() {
    const zooKeeper = await startZooKeeper()
    return {
      port: zooKeeper.ports.client,
      kill: () => zooKeeper.kill(),
      pause: () => zooKeeper.pause(),
      resume: () => zooKeeper.resume(),
      restart: options => zooKeeper.restart(options),
      stop: () => zooKeeper.stop(),
    }
  },
  url: port => `zookeeper://127.0.0.1:${port}`,
  open: (port, { clock }) => new ZookeeperRegistry({ servers: [{ host: '127.0.0.1', port }], clock }),
}
