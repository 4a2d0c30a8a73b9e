import { writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { EngineCluster } from './engine-cluster.ts'
import { EngineServer, type Place, type ServerPlan } from './engine-server.ts'

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
  return EngineServer.start(zooKeeperPlan(options, 0, () => []))
}

/** ZooKeeper, `size` nodes. */
export async function startZooKeeperCluster(
  options: ZooKeeperOptions & { size?: number } = {},
): Promise<EngineCluster<ZooKeeperPort>> {
  const nodes: EngineServer<ZooKeeperPort>[] = []
  for (let index = 0; index < (options.size ?? 3); index++) {
    nodes.push(await EngineServer.prepare(zooKeeperPlan(options, index, () => nodes)))
  }
  return EngineCluster.start(nodes, async node => (await mode(node, AbortSignal.timeout(5_000))) === 'leader')
}

function zooKeeperPlan(
  options: ZooKeeperOptions,
  index: number,
  nodes: () => readonly EngineServer<ZooKeeperPort>[],
): ServerPlan<ZooKeeperPort> {
  return {
    engine: 'zookeeper',
    ports: ['client', 'secure', 'quorum', 'election'],
    async arguments(place) {
      const file = join(place.folder, 'zoo.cfg')
      const settings = { ...settingsOf(place, options), ...membersOf(nodes()), ...more(options, place) }
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

function membersOf(nodes: readonly EngineServer<ZooKeeperPort>[]): Record<string, string> {
  return Object.fromEntries(
    nodes.map(({ ports }, index) => [`server.${index + 1}`, `127.0.0.1:${ports.quorum}:${ports.election}`]),
  )
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
