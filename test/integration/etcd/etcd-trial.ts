import { EtcdRegistry } from '../../../src/adapters/etcd/index.ts'
import { startEtcd } from '../../engines/engines.ts'
import type { EngineServer } from '../../../tools/engines/servers/engine-server.ts'
import type { EtcdPort } from '../../../tools/engines/servers/etcd.ts'
import type { EngineTrial, TrialServer } from '../engines/engine-trial.ts'

/** etcd, one node. */
export const etcdTrial: EngineTrial = {
  title: 'etcd',
  engine: 'etcd',
  ttlMs: 5_000,
  start: async () => serverOf(await startEtcd()),
  url: port => `etcd://127.0.0.1:${port}`,
  open: (port, { clock }) => new EtcdRegistry({ endpoints: [`127.0.0.1:${port}`], clock }),
}

/** An etcd as a bad day needs it. */
export function serverOf(etcd: EngineServer<EtcdPort>): TrialServer {
  return {
    port: etcd.ports.client,
    kill: () => etcd.kill(),
    pause: () => etcd.pause(),
    resume: () => etcd.resume(),
    restart: options => etcd.restart(options),
    stop: () => etcd.stop(),
  }
}
