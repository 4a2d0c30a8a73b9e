import { EngineCluster } from './engine-cluster.ts'
import { EngineServer, type Place, type ServerPlan } from './engine-server.ts'
import { httpText } from './http-text.ts'

/** `client` is what users call; `metrics` is plain HTTP without rights, whatever `client` demands. */
export type EtcdPort = 'client' | 'peer' | 'metrics'

/** How etcd is to be started. */
export interface EtcdOptions {
  /** Which of the two there are. Default 3.4. */
  version?: '3.4' | '3.5'
  /** The scheme of its client port: with `https`, `args` names the certificates. Default `http`. */
  scheme?: 'http' | 'https'
  /** More arguments, behind ours. */
  args?: readonly string[]
}

/** etcd, one node. Data is written to the disk without waiting for it, unless `args` say otherwise. */
export async function startEtcd(options: EtcdOptions = {}): Promise<EngineServer<EtcdPort>> {
  return EngineServer.start(etcdPlan(options, 'n0', place => `n0=${peerOf(place)}`))
}

/** etcd, `size` nodes. */
export async function startEtcdCluster(
  options: EtcdOptions & { size?: number } = {},
): Promise<EngineCluster<EtcdPort>> {
  const nodes: EngineServer<EtcdPort>[] = []
  const members = () => nodes.map((node, index) => `n${index}=${peerOf(node)}`).join(',')
  for (let index = 0; index < (options.size ?? 3); index++) {
    nodes.push(await EngineServer.prepare(etcdPlan(options, `n${index}`, members)))
  }
  return EngineCluster.start(nodes, node => hasMetric(node, 'etcd_server_is_leader 1', AbortSignal.timeout(5_000)))
}

function etcdPlan(
  options: EtcdOptions,
  name: string,
  members: (place: Place<EtcdPort>) => string,
): ServerPlan<EtcdPort> {
  return {
    engine: options.version === '3.5' ? 'etcd-3.5' : 'etcd',
    ports: ['client', 'peer', 'metrics'],
    isReady: (place, signal) => hasMetric(place, 'etcd_server_has_leader 1', signal),
    async arguments(place) {
      const client = `${options.scheme ?? 'http'}://127.0.0.1:${place.ports.client}`
      const settings = {
        name,
        'data-dir': place.data,
        'listen-client-urls': client,
        'advertise-client-urls': client,
        'listen-peer-urls': peerOf(place),
        'initial-advertise-peer-urls': peerOf(place),
        'listen-metrics-urls': `http://127.0.0.1:${place.ports.metrics}`,
        'initial-cluster': members(place),
        logger: 'zap',
        'log-level': 'error',
        'unsafe-no-fsync': 'true',
      }
      return [...Object.entries(settings).map(([key, value]) => `--${key}=${value}`), ...(options.args ?? [])]
    },
  }
}

const peerOf = ({ ports }: Pick<Place<EtcdPort>, 'ports'>): string => `http://127.0.0.1:${ports.peer}`

async function hasMetric(
  { ports }: Pick<Place<EtcdPort>, 'ports'>,
  line: string,
  signal: AbortSignal,
): Promise<boolean> {
  return (await httpText(ports.metrics, '/metrics', signal)).split('\n').includes(line)
}
