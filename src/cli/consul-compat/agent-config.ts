import { readdirSync, readFileSync, statSync } from 'node:fs'
import { extname, join } from 'node:path'
import type { AclOptions } from '../../daemon/consul/acl/acl-access.ts'
import type { GossipPorts } from '../../daemon/consul/consul-options.ts'
import { withAddresses } from './address-template.ts'
import { ConfigProblem } from './config-problem.ts'
import { type DnsConfig, dnsConfigOf } from './dns-config.ts'
import { type Flags, lastOf } from './flags.ts'
import { type HclObject, HclProblem, type HclValue, parseHcl } from '../../daemon/consul/hcl/parse-hcl.ts'

/** What of an agent's configuration means something here. */
export interface AgentConfig {
  readonly isDev: boolean
  readonly dataPath: string | undefined
  readonly nodeName: string | undefined
  readonly nodeId: string | undefined
  readonly nodeMeta: Readonly<Record<string, string>>
  readonly datacenter: string | undefined
  /** Where to listen: an address, or `unix://PATH`. */
  readonly clientAddress: string
  /** Where it listens besides. */
  readonly otherAddresses: readonly string[]
  /** Where DNS listens, as `clientAddress`. */
  readonly dnsAddress: string
  /** Where the node is told to be. */
  readonly address: string
  /** -1: none. */
  readonly httpPort: number
  /** Undefined unless there is a port and a certificate. */
  readonly https: HttpsConfig | undefined
  /** -1: none. */
  readonly dnsPort: number
  readonly isDnsPortGiven: boolean
  readonly serverPort: number
  readonly gossipPorts: GossipPorts
  readonly domain: string | undefined
  /** The servers that are asked by DNS for names of others. */
  readonly recursors: readonly string[]
  readonly dns: DnsConfig
  /** Whose checks may run commands: everybody's, or those of the files. */
  readonly scriptChecks: boolean | 'configured'
  readonly insecure: boolean
  /** The file that has the number of the process while it runs. */
  readonly pidPath: string | undefined
  /** Undefined unless it is enabled. */
  readonly acl: AclOptions | undefined
  readonly services: readonly HclObject[]
  readonly checks: readonly HclObject[]
}

/** Reads the options and the files that they name; options win over files, later files over earlier ones. Throws `ConfigProblem`. */
export function agentConfig(flags: Flags): AgentConfig {
  const merged = merge(...filesOf(flags), ...fragmentsOf(flags))
  const isDev = isOn(lastOf(flags, 'dev'))
  const dataPath = lastOf(flags, 'data-dir') ?? text(merged['data_dir'])
  if (!isDev && !dataPath) throw new ConfigProblem('data_dir cannot be empty')
  const ports = objectOf(merged['ports'])
  const port = (name: string, { flag, byDefault }: { flag: string; byDefault: number }) =>
    Number(lastOf(flags, flag) ?? ports[name] ?? byDefault)
  const address = (name: string) => text(objectOf(merged['addresses'])[name])
  const client = lastOf(flags, 'client') ?? text(merged['client_addr'])
  return {
    isDev,
    dataPath: isDev ? undefined : dataPath,
    nodeName: lastOf(flags, 'node') ?? text(merged['node_name']),
    nodeId: lastOf(flags, 'node-id') ?? text(merged['node_id']),
    nodeMeta: nodeMetaOf(flags, objectOf(merged['node_meta'])),
    datacenter: lastOf(flags, 'datacenter') ?? text(merged['datacenter']),
    clientAddress: firstAddress(address('http') ?? client),
    otherAddresses: addressesIn(address('http') ?? client).slice(1),
    dnsAddress: firstAddress(address('dns') ?? client),
    address: nodeAddress(flags, merged),
    httpPort: port('http', { flag: 'http-port', byDefault: 8500 }),
    https: httpsOf(tlsOf(merged), {
      client: address('https') ?? client,
      port: port('https', { flag: 'https-port', byDefault: -1 }),
    }),
    dnsPort: port('dns', { flag: 'dns-port', byDefault: 8600 }),
    isDnsPortGiven: ports['dns'] !== undefined || flags.has('dns-port'),
    serverPort: port('server', { flag: 'server-port', byDefault: 8300 }),
    gossipPorts: {
      lan: port('serf_lan', { flag: 'serf-lan-port', byDefault: 8301 }),
      wan: port('serf_wan', { flag: 'serf-wan-port', byDefault: 8302 }),
    },
    domain: lastOf(flags, 'domain') ?? text(merged['domain']),
    recursors: flags.get('recursor') ?? textsOf(merged['recursors']),
    dns: dnsConfigOf(objectOf(merged['dns_config']), objectOf(objectOf(merged['dns_config'])['soa'])),
    scriptChecks:
      isOn(lastOf(flags, 'enable-script-checks') ?? merged['enable_script_checks']) || localScripts(flags, merged),
    insecure: isOn(lastOf(flags, 'insecure')),
    pidPath: lastOf(flags, 'pid-file') ?? text(merged['pid_file']),
    acl: aclOf({ ...ofOldAcl(merged), ...objectOf(merged['acl']) }),
    services: [...objectsOf(merged['service']), ...objectsOf(merged['services'])],
    checks: [...objectsOf(merged['check']), ...objectsOf(merged['checks'])],
  }
}

/** Where the node is told to be: what it advertises, else where it is bound. Throws `ConfigProblem`. */
function nodeAddress(flags: Flags, merged: HclObject): string {
  const advertised = lastOf(flags, 'advertise') ?? text(merged['advertise_addr'])
  const bound = firstAddress(advertised ?? lastOf(flags, 'bind') ?? text(merged['bind_addr']))
  return bound === '0.0.0.0' || bound === '::' ? '127.0.0.1' : bound
}

/** The settings of TLS at their old place, and over them those of the block `tls` that Consul has since 1.12. */
function tlsOf(merged: HclObject): HclObject {
  const tls = objectOf(merged['tls'])
  const old = isOn(merged['verify_incoming_https']) ? { ...merged, verify_incoming: true } : merged
  return { ...old, ...objectOf(tls['defaults']), ...objectOf(tls['https']) }
}

/** Where to listen with TLS, and by which files. */
export interface HttpsConfig {
  readonly address: string
  /** Where besides. */
  readonly otherAddresses: readonly string[]
  readonly port: number
  readonly cert: string
  readonly key: string | undefined
  /** Undefined unless clients have to show a certificate. */
  readonly ca: string | undefined
}

/** An agent without a certificate fails every handshake, and so is as good as one that does not listen. Throws `ConfigProblem`. */
function httpsOf(
  tls: HclObject,
  { client, port }: { client: string | undefined; port: number },
): HttpsConfig | undefined {
  const cert = text(tls['cert_file'])
  if (port <= 0 || cert === undefined) return undefined
  const isMutual = isOn(tls['verify_incoming'])
  const ca = text(tls['ca_file'])
  if (isMutual && ca === undefined)
    throw new ConfigProblem('verify_incoming takes ca_file: whose certificates are good')
  return {
    address: firstAddress(client),
    otherAddresses: addressesIn(client).slice(1),
    port,
    cert,
    key: text(tls['key_file']),
    ca: isMutual ? ca : undefined,
  }
}

/** Options `key:value` over what the files say. */
function nodeMetaOf(flags: Flags, configured: HclObject): Record<string, string> {
  const given = (flags.get('node-meta') ?? []).map(pair => {
    const [key = '', ...value] = pair.split(':')
    return [key, value.join(':')]
  })
  const said = Object.entries(configured).map(([key, value]) => [
    key,
    typeof value === 'string' ? value : JSON.stringify(value),
  ])
  return Object.fromEntries([...said, ...given])
}

function localScripts(flags: Flags, merged: HclObject): 'configured' | false {
  return isOn(lastOf(flags, 'enable-local-script-checks') ?? merged['enable_local_script_checks']) && 'configured'
}

function textsOf(value: HclValue | undefined): string[] {
  return (Array.isArray(value) ? value : [value]).flatMap(one => text(one) ?? [])
}

/** The rules as they were said before Consul 1.4: to name the data centre that decides turned them on. */
function ofOldAcl(merged: HclObject): HclObject {
  if (!text(merged['acl_datacenter'])) return {}
  const tokens = { master: 'acl_master_token', default: 'acl_token', agent_master: 'acl_agent_master_token' }
  const said = Object.entries(tokens).map(([name, old]) => [name, merged[old] ?? ''] as const)
  return { enabled: true, default_policy: merged['acl_default_policy'] ?? '', tokens: Object.fromEntries(said) }
}

/** The tokens under their names of Consul 1.8, and under those of later versions. */
function aclOf(acl: HclObject): AclOptions | undefined {
  if (!isOn(acl['enabled'])) return undefined
  const tokens = objectOf(acl['tokens'])
  const defaultPolicy = text(acl['default_policy']) ?? 'allow'
  if (defaultPolicy !== 'allow' && defaultPolicy !== 'deny')
    throw new ConfigProblem(`acl.default_policy is to be "allow" or "deny", not "${defaultPolicy}"`)
  return {
    defaultPolicy,
    master: text(tokens['master']) ?? text(tokens['initial_management']),
    defaultToken: text(tokens['default']),
    agentMaster: text(tokens['agent_master']) ?? text(tokens['agent_recovery']),
    keepsDefault: isOn(acl['enable_token_persistence']),
  }
}

function filesOf(flags: Flags): HclObject[] {
  const paths = (flags.get('config-file') ?? []).flatMap(path =>
    attempt(path, () => (statSync(path).isDirectory() ? filesIn(path) : [path])),
  )
  return paths.map(path => attempt(path, () => parseHcl(readFileSync(path, 'utf8'))))
}

function filesIn(folder: string): string[] {
  return readdirSync(folder)
    .filter(name => ['.json', '.hcl'].includes(extname(name)))
    .toSorted()
    .map(name => join(folder, name))
}

function fragmentsOf(flags: Flags): HclObject[] {
  return (flags.get('hcl') ?? []).map(fragment => attempt('-hcl', () => parseHcl(fragment)))
}

function attempt<T>(where: string, action: () => T): T {
  try {
    return action()
  } catch (error) {
    if (error instanceof HclProblem || (error as NodeJS.ErrnoException).code !== undefined)
      throw new ConfigProblem(`${where}: ${(error as Error).message}`)
    throw error
  }
}

/** Objects are merged member by member, lists of services and checks one after the other; of all else the last counts. */
function merge(...configs: readonly HclObject[]): HclObject {
  const result: HclObject = {}
  for (const config of configs) {
    for (const [name, value] of Object.entries(config)) {
      const before = result[name]
      if (LISTS.has(name)) result[name] = [...objectsOf(before), ...objectsOf(value)]
      else if (isObject(before) && isObject(value)) result[name] = { ...before, ...value }
      else result[name] = value
    }
  }
  return result
}

const LISTS = new Set(['service', 'services', 'check', 'checks'])

function isObject(value: HclValue | undefined): value is HclObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A block, also one of several of that name, of which the last counts. */
function objectOf(value: HclValue | undefined): HclObject {
  const last = Array.isArray(value) ? value.at(-1) : value
  return isObject(last) ? last : {}
}

function objectsOf(value: HclValue | undefined): HclObject[] {
  return (Array.isArray(value) ? value : [value]).filter(isObject)
}

function text(value: HclValue | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

function isOn(value: HclValue | undefined): boolean {
  return value === true || value === 'true' || value === '1'
}

/** The first of what may be several. Throws `ConfigProblem`. */
function firstAddress(addresses: string | undefined): string {
  return addressesIn(addresses)[0] ?? '127.0.0.1'
}

/** What is written with spaces between, each once. Throws `ConfigProblem`. */
function addressesIn(written: string | undefined): string[] {
  const addresses = withAddresses(written ?? '').split(/\s+/)
  return [...new Set(addresses)].filter(address => address !== '')
}
