import { writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { type ClusterMakings, type ClusterOptions, EngineCluster } from './engine-cluster.ts'
import { EngineServer, type Place, type ServerPlan } from './engine-server.ts'
import { PeerLinks } from './peer-links.ts'

/** `client` is what users call; `secure` is for TLS, if `config` asks for it; the others are between nodes. */
export type ZooKeeperPort = 'client' | 'secure' | 'quorum' | 'election'

/** How ZooKeeper is to be started. */
export interface ZooKeeperOptions {
  /** Its unit of time; sessions end at multiples of it. Default 200. Session timeouts from one tick on are accepted. */
  tickTimeMs?: number
  /** More of its configuration, over ours, as in `zoo.cfg`; a function is given its ports and folder. */
  config?:
    | Readonly<Record<string, string | number>>
    | ((place: Place<ZooKeeperPort>) => Readonly<Record<string, string | number>>)
}

/** ZooKeeper, one node. Data is written to the disk without waiting for it, unless `config` says otherwise. */
export async function startZooKeeper(options: ZooKeeperOptions = {}): Promise<EngineServer<ZooKeeperPort>> {
  return EngineServer.start(zooKeeperPlan(options, 0, () => ({})))
}

/** ZooKeeper, `size` nodes. */
export async function startZooKeeperCluster(
  options: ZooKeeperOptions & ClusterOptions = {},
): Promise<EngineCluster<ZooKeeperPort>> {
  return EngineCluster.start(() => prepareCluster(options))
}

async function prepareCluster(options: ZooKeeperOptions & ClusterOptions): Promise<ClusterMakings<ZooKeeperPort>> {
  const size = options.size ?? 3
  const nodes: EngineServer<ZooKeeperPort>[] = []
  const links = options.links ? new PeerLinks() : undefined
  const members = new Map<number, Record<string, string>>()
  for (let index = 0; index < size; index++) {
    nodes.push(await EngineServer.prepare(zooKeeperPlan(options, index, () => members.get(index) ?? {})))
  }
  for (let index = 0; index < size; index++) members.set(index, await membersFor(index, nodes, links))
  const leads = async (node: EngineServer<ZooKeeperPort>) => (await mode(node, AbortSignal.timeout(5_000))) === 'leader'
  return { nodes, plan: { leads, links, linkName: String } }
}

/** The members as the node of that index knows them: itself where it listens, the others where the links begin. */
async function membersFor(
  index: number,
  nodes: readonly EngineServer<ZooKeeperPort>[],
  links: PeerLinks | undefined,
): Promise<Record<string, string>> {
  const members: Record<string, string> = {}
  for (const [at, { ports }] of nodes.entries()) {
    const lead = async (port: number) =>
      at === index || !links ? port : links.lead({ from: String(index), to: String(at), port })
    members[`server.${at + 1}`] = `127.0.0.1:${await lead(ports.quorum)}:${await lead(ports.election)}`
  }
  return members
}

function zooKeeperPlan(
  options: ZooKeeperOptions,
  index: number,
  members: () => Readonly<Record<string, string>>,
): ServerPlan<ZooKeeperPort> {
  return {
    engine: 'zookeeper',
    ports: ['client', 'secure', 'quorum', 'election'],
    async arguments(place) {
      const file = join(place.folder, 'zoo.cfg')
      const settings = { ...settingsOf(place, options), ...members(), ...more(options, place) }
      await writeFile(
        file,
        Object.entries(settings)
          .map(([key, value]) => `${key}=${value}\n`)
          .join(''),
      )
      await writeFile(join(place.data, 'myid'), `${index + 1}`)
      return [file]
    },
    isReady: async (place, signal) => /^(?:standalone|leader|follower)$/.test(await mode(place, signal)),
  }
}

function settingsOf({ ports, data }: Place<ZooKeeperPort>, { tickTimeMs = 200 }: ZooKeeperOptions) {
  return {
    tickTime: tickTimeMs,
    minSessionTimeout: tickTimeMs,
    maxSessionTimeout: 600_000,
    // A follower may be this many ticks behind: a busy machine is no reason to lose a quorum.
    initLimit: Math.ceil(60_000 / tickTimeMs),
    syncLimit: Math.ceil(15_000 / tickTimeMs),
    dataDir: data,
    clientPort: ports.client,
    clientPortAddress: '127.0.0.1',
    maxClientCnxns: 0,
    'admin.enableServer': 'false',
    '4lw.commands.whitelist': '*',
    forceSync: 'no',
  }
}

function more({ config = {} }: ZooKeeperOptions, place: Place<ZooKeeperPort>) {
  return typeof config === 'function' ? config(place) : config
}

/** What the node is at the moment, in its own word; empty while it is nothing. */
async function mode({ ports }: Pick<Place<ZooKeeperPort>, 'ports'>, signal: AbortSignal): Promise<string> {
  const socket = connect({ port: ports.client, host: '127.0.0.1', signal })
  socket.write('srvr')
  return /^Mode: (\w+)$/m.exec(await text(socket))?.[1] ?? ''
}
