import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { EngineServer, type Place } from './engine-server.ts'
import { httpText } from './http-text.ts'

/** `http` is the API without TLS; `https` with it, once `config` names certificates. */
export type ConsulPort = 'http' | 'https' | 'dns' | 'server' | 'serf'

/** How Consul is to be started. */
export interface ConsulOptions {
  /** More of its configuration, over ours, as in its JSON files: `acl`, `cert_file`, `datacenter`. Replaces ours field by field. */
  config?: Readonly<Record<string, unknown>>
  /** Whether it is `agent -dev`, which keeps nothing and indents what it answers. Default false. */
  isDev?: boolean
  /** What is needed to see the nodes when `config` has an ACL that denies. */
  token?: string
  /** Nobody can see the nodes yet: it is ready when it has a leader. */
  isBare?: boolean
}

/** Consul, one agent that is a server and keeps its data on disk; with `isDev`, in memory. */
export async function startConsul({
  config = {},
  token = '',
  isDev = false,
  isBare = false,
}: ConsulOptions = {}): Promise<EngineServer<ConsulPort>> {
  return EngineServer.start<ConsulPort>({
    engine: 'consul',
    ports: ['http', 'https', 'dns', 'server', 'serf'],
    async arguments(place) {
      const file = join(place.folder, 'consul.json')
      const full = { ...configOf(place, 'key_file' in config), ...(isDev ? IN_MEMORY : {}), ...config }
      await writeFile(file, JSON.stringify(full))
      return ['agent', ...(isDev ? ['-dev'] : []), '-config-file', file]
    },
    async isReady({ ports }, signal) {
      if (isBare) return JSON.parse(await httpText(ports.http, '/v1/status/leader', signal)) !== ''
      const nodes = await httpText(ports.http, `/v1/catalog/nodes?token=${token}`, signal)
      return JSON.parse(nodes).length > 0
    },
  })
}

/** What is not said to an agent that keeps nothing. */
const IN_MEMORY = { data_dir: undefined, bootstrap_expect: undefined }

function configOf({ ports, data }: Place<ConsulPort>, tls: boolean): Record<string, unknown> {
  return {
    server: true,
    bootstrap_expect: 1,
    node_name: 'n0',
    data_dir: data,
    bind_addr: '127.0.0.1',
    client_addr: '127.0.0.1',
    ports: {
      http: ports.http,
      https: tls ? ports.https : -1,
      dns: ports.dns,
      server: ports.server,
      serf_lan: ports.serf,
      serf_wan: -1,
      grpc: -1,
    },
    log_level: 'err',
    disable_update_check: true,
    disable_host_node_id: true,
    leave_on_terminate: false,
    performance: { raft_multiplier: 1 },
    limits: { http_max_conns_per_client: 2_000 },
  }
}
