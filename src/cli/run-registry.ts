import { homedir, hostname } from 'node:os'
import { join } from 'node:path'
import { Application } from '../application/application.ts'
import { AccessFile } from '../daemon/access/access-file.ts'
import { ConsulFrontend } from '../daemon/consul/consul-frontend.ts'
import type { ConsulOptions } from '../daemon/consul/consul-options.ts'
import { type CatalogDefaults, DnsServer, type DnsServerOptions } from '../daemon/dns/dns-server.ts'
import type { FrontendContext } from '../daemon/frontend.ts'
import { RegistryDaemon, type RegistryDaemonOptions } from '../daemon/registry-daemon.ts'
import { RestFrontend } from '../daemon/rest/rest-frontend.ts'
import { parseEndpoint } from '../endpoint/parse-endpoint.ts'
import { run } from '../run.ts'
import { packageVersion } from './package-version.ts'
import { UrlPrinter } from './url-printer.ts'

/** How `ropewalk registry` runs the daemon. */
export interface RunRegistryOptions {
  /** Where to listen, as an endpoint string. */
  readonly listen: string
  /** Where to keep data: null for nowhere, undefined for the folder of the user's state. */
  readonly dataPath?: string | null | undefined
  readonly graceMs?: number | undefined
  /** When leases that should lapse are kept; false: never. */
  readonly preservation?: RegistryDaemonOptions['preservation']
  readonly insecure?: boolean | undefined
  /** The file of the rules of access; without it everybody may everything. */
  readonly access?: string | undefined
  /** How to answer DNS; false: not at all. */
  readonly dns?: RunDnsOptions | false | undefined
  /** How it shows itself to clients of Consul. */
  readonly consul?: ConsulOptions | undefined
}

/** How `ropewalk registry` answers DNS. */
export interface RunDnsOptions extends Pick<DnsServerOptions, 'domains' | 'ttlMs' | 'onlyPassing' | 'recursors'> {
  readonly endpoint?: string | undefined
  /** Whether it was asked for, so that the daemon must not start without. */
  readonly isWanted: boolean
}

/** The port of a daemon that also answers DNS, where Consul does, without being asked to. */
const CONSUL_PORT = 8500

/** Runs the registry daemon in the foreground until it is told to end; its URL goes to stdout when it is ready. */
export async function runRegistry(options: RunRegistryOptions): Promise<void> {
  const { listen, dataPath, graceMs, preservation, insecure, consul } = options
  const access = options.access === undefined ? undefined : new AccessFile(options.access)
  const consulApi = new ConsulFrontend(consul)
  const daemon = new RegistryDaemon({
    name: 'daemon',
    endpoint: listen,
    dataPath: dataPath === undefined ? defaultDataPath(listen) : (dataPath ?? undefined),
    graceMs,
    preservation,
    insecure,
    version: packageVersion(),
    frontends: [new RestFrontend(), consulApi],
    dns: dnsServer(options, consulApi),
    access,
  })
  await run(new Application('registry', [...(access ? [access] : []), daemon, new UrlPrinter(daemon)]))
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
