import { createHash } from 'node:crypto'
import { type ClusterMakings, type ClusterOptions, EngineCluster } from './engine-cluster.ts'
import { EngineServer, type Place, type ServerPlan } from './engine-server.ts'
import { httpText } from './http-text.ts'
import { PeerLinks } from './peer-links.ts'

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
  const urls = ({ ports }: Place<EtcdPort>) => [urlOf(ports.peer)]
  return EngineServer.start(etcdPlan(options, 0, urls))
}

/** etcd, `size` nodes. */
export async function startEtcdCluster(options: EtcdOptions & ClusterOptions = {}): Promise<EngineCluster<EtcdPort>> {
  return EngineCluster.start(() => prepareCluster(options))
}

async function prepareCluster(options: EtcdOptions & ClusterOptions): Promise<ClusterMakings<EtcdPort>> {
  const nodes: EngineServer<EtcdPort>[] = []
  const links = options.links ? new PeerLinks() : undefined
  const urls: string[] = []
  for (let index = 0; index < (options.size ?? 3); index++) {
    const node = await EngineServer.prepare(etcdPlan(options, index, () => urls))
    nodes.push(node)
    const { peer } = node.ports
    const from = (head: string) => senderOf(head, urls)
    urls.push(urlOf((await links?.lead({ from, to: nodeName(index), port: peer })) ?? peer))
  }
  const leads = (node: EngineServer<EtcdPort>) => hasMetric(node, 'etcd_server_is_leader 1', AbortSignal.timeout(5_000))
  return { nodes, plan: { leads, links, linkName: nodeName } }
}

/** `urls` are those that the nodes reach each other by. */
function etcdPlan(
  options: EtcdOptions,
  index: number,
  urls: (place: Place<EtcdPort>) => readonly string[],
): ServerPlan<EtcdPort> {
  return {
    engine: options.version === '3.5' ? 'etcd-3.5' : 'etcd',
    ports: ['client', 'peer', 'metrics'],
    isReady: (place, signal) => hasMetric(place, 'etcd_server_has_leader 1', signal),
    async arguments(place) {
      const client = `${options.scheme ?? 'http'}://127.0.0.1:${place.ports.client}`
      const peers = urls(place)
      const settings = {
        name: nodeName(index),
        'data-dir': place.data,
        'listen-client-urls': client,
        'advertise-client-urls': client,
        'listen-peer-urls': urlOf(place.ports.peer),
        'initial-advertise-peer-urls': peers[index],
        'listen-metrics-urls': urlOf(place.ports.metrics),
        'initial-cluster': peers.map((url, at) => `${nodeName(at)}=${url}`).join(','),
        logger: 'zap',
        'log-level': 'error',
        'unsafe-no-fsync': 'true',
      }
      return [...Object.entries(settings).map(([key, value]) => `--${key}=${value}`), ...(options.args ?? [])]
    },
  }
}

const nodeName = (index: number): string => `n${index}`
const urlOf = (port: number): string => `http://127.0.0.1:${port}`

/** Which node sends a request to another, by its header; a request without one is of nobody. */
function senderOf(head: string, urls: readonly string[]): string | undefined {
  if (!head.includes('\r\n\r\n')) return undefined
  const id = /^X-Server-From: (\w+)\r$/im.exec(head)?.[1]
  const index = urls.findIndex(url => memberId(url) === id)
  return index === -1 ? '' : nodeName(index)
}

/** As etcd computes it from the URL that a member has in `initial-cluster`. */
function memberId(url: string): string {
  const hash = createHash('sha1').update(`${url}etcd-cluster`).digest()
  return hash.readBigUInt64BE().toString(16)
}

async function hasMetric(
  { ports }: Pick<Place<EtcdPort>, 'ports'>,
  line: string,
  signal: AbortSignal,
): Promise<boolean> {
  return (await httpText(ports.metrics, '/metrics', signal)).split('\n').includes(line)
}
