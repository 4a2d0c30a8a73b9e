import { homedir, hostname } from 'node:os'
import { join } from 'node:path'
import { Application } from '../application/application.ts'
import { AccessFile } from '../daemon/access/access-file.ts'
import { AclAccess, type AclOptions } from '../daemon/consul/acl/acl-access.ts'
import { ConsulFrontend } from '../daemon/consul/consul-frontend.ts'
import type { ConsulOptions } from '../daemon/consul/consul-options.ts'
import { type CatalogDefaults, DnsServer, type DnsServerOptions } from '../daemon/dns/dns-server.ts'
import type { Backend } from '../daemon/front/backend.ts'
import type { FrontendContext } from '../daemon/frontend.ts'
import { RegistryDaemon, type RegistryDaemonOptions } from '../daemon/registry-daemon.ts'
import { RestFrontend } from '../daemon/rest/rest-frontend.ts'
import { parseEndpoint } from '../endpoint/parse-endpoint.ts'
import type { RegistryService } from '../discovery/registry-service.ts'
import { run } from '../run.ts'
import { OptionConflictError } from './errors.ts'
import { openRegistry } from './open-registry.ts'
import { reloadAtHangup } from './reload-at-hangup.ts'
import { withoutSecrets } from './registry-urls/without-secrets.ts'
import { packageVersion } from './package-version.ts'
import { UrlPrinter } from './url-printer.ts'
import { limitYoungGeneration } from './young-generation.ts'

/** How `ropewalk registry` runs the daemon. */
export interface RunRegistryOptions {
  /** Where to listen, as an endpoint string. */
  readonly listen: string
  /** Where to listen besides. Default: nowhere. */
  readonly alsoAt?: readonly string[] | undefined
  /** Where to keep data: null for nowhere, undefined for the folder of the user's state. */
  readonly dataPath?: string | null | undefined
  /** The URL of the registry to be the front of. */
  readonly backend?: string | undefined
  readonly graceMs?: number | undefined
  /** When leases that should lapse are kept; false: never. */
  readonly preservation?: RegistryDaemonOptions['preservation']
  readonly insecure?: boolean | undefined
  /** Connections of one client address at a time. */
  readonly connectionsPerAddressMax?: number | undefined
  /** The file of the rules of access; without it everybody may everything. */
  readonly access?: string | undefined
  /** Lets in by tokens that `/v1/acl` manages, besides by the rules of a file if there is one. Default: there are none. */
  readonly acl?: AclOptions | undefined
  /** How to answer DNS; false: not at all. */
  readonly dns?: RunDnsOptions | false | undefined
  /** How it shows itself to clients of Consul. */
  readonly consul?: ConsulOptions | undefined
  /** What goes to stdout after its URL. Default: nothing. */
  readonly announcement?: readonly string[] | undefined
}

/** How `ropewalk registry` answers DNS. */
export interface RunDnsOptions extends Omit<DnsServerOptions, 'endpoint' | 'catalog' | 'nodeName' | 'datacenter'> {
  readonly endpoint?: string | undefined
  /** Whether it was asked for, so that the daemon must not start without. */
  readonly isWanted: boolean
}

/** Where it is that listens without saying where. */
const ALL_ADDRESSES = '0.0.0.0'

/** The port of a daemon that also answers DNS, where Consul does, without being asked to. */
const CONSUL_PORT = 8500

/** Runs the registry daemon in the foreground until it is told to end; its URL goes to stdout when it is ready. */
export async function runRegistry(options: RunRegistryOptions): Promise<void> {
  const { listen, alsoAt, graceMs, preservation, insecure, connectionsPerAddressMax, consul } = options
  const backend = await openBackend(options)
  const file = options.access === undefined ? undefined : new AccessFile(options.access)
  const acl = options.acl && new AclAccess({ ...options.acl, others: file })
  const consulApi = new ConsulFrontend({
    clientAddresses: addressesOf([listen, ...(alsoAt ?? [])]),
    ...consul,
    acl,
    leave: () => void application.stop().catch(() => {}),
  })
  const daemon = new RegistryDaemon({
    name: 'daemon',
    endpoint: listen,
    alsoAt,
    dataPath: backend ? undefined : dataPathOf(options),
    backend,
    graceMs,
    preservation,
    insecure,
    connectionsPerAddressMax,
    version: packageVersion(),
    frontends: [new RestFrontend(), consulApi],
    dns: dnsServer(options, consulApi),
    access: acl ?? file,
  })
  const before = [file, backend?.registry].filter(service => service !== undefined)
  const application = new Application('registry', [...before, daemon, new UrlPrinter(daemon, options.announcement)])
  const unlisten = consul?.reload && reloadAtHangup(() => consulApi.reload())
  const release = limitYoungGeneration()
  await run(application)
  release()
  unlisten?.()
}

/** The addresses at which one of them listens; undefined where all are files. */
function addressesOf(endpoints: readonly string[]): string[] | undefined {
  const addresses = new Set<string>()
  for (const endpoint of endpoints.map(text => parseEndpoint(text)))
    if ('port' in endpoint) addresses.add(endpoint.host ?? ALL_ADDRESSES)
  return addresses.size > 0 ? [...addresses] : undefined
}

/** What it is the front of, if anything. Rejects with `OptionConflictError` when it shall keep data as well, and as `openRegistry` does. */
async function openBackend({
  backend: url,
  dataPath,
  acl,
}: RunRegistryOptions): Promise<(Backend & { registry: RegistryService }) | undefined> {
  if (url === undefined) return undefined
  if (acl) throw new OptionConflictError('--backend', '--acl', 'a front keeps nothing itself, and so no tokens')
  if (dataPath !== undefined) {
    throw new OptionConflictError(
      '--backend',
      dataPath === null ? '--memory' : '--data',
      'a front keeps nothing itself',
    )
  }
  return { registry: await openRegistry(url, { name: 'backend' }), url: withoutSecrets(url) }
}

function dataPathOf({ dataPath, listen }: RunRegistryOptions): string | undefined {
  return dataPath === undefined ? defaultDataPath(listen) : (dataPath ?? undefined)
}

/** Who answers DNS: where that was asked for, else beside a daemon on Consul's own port, if there is room. */
function dnsServer(
  { listen, dns = { isWanted: false }, consul = {} }: RunRegistryOptions,
  consulApi: ConsulFrontend,
): DnsServer | undefined {
  if (dns === false) return undefined
  const { isWanted, ...rest } = dns
  const endpoint = parseEndpoint(listen)
  if (!isWanted && (endpoint.scheme === 'unix' || endpoint.port !== CONSUL_PORT)) return undefined
  const { nodeName = hostname(), datacenter } = consul
  const catalog = (_context: FrontendContext, defaults: CatalogDefaults) => consulApi.dnsCatalog(defaults)
  return new DnsServer({ ...rest, nodeName, datacenter, catalog, optional: !isWanted })
}

/**
 * The folder of the data unless another is named: one for each port, below `$XDG_STATE_HOME` or `~/.local/state`. Undefined, so in memory,
 * for a port chosen by the system: nobody would find the data again.
 */
export function defaultDataPath(listen: string, environment: NodeJS.ProcessEnv = process.env): string | undefined {
  const endpoint = parseEndpoint(listen)
  const name = endpoint.scheme === 'unix' ? 'unix' : endpoint.port
  if (name === 0) return undefined
  return join(environment['XDG_STATE_HOME'] || join(homedir(), '.local', 'state'), 'ropewalk', `registry-${name}`)
}
