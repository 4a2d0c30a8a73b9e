/** An option of the command line that is not known, or that lacks its value. */
export class FlagProblem extends Error {}

/** Options by name; each has the values it was given, in order. */
export type Flags = ReadonlyMap<string, readonly string[]>

/** What has no value unless it is written with `=`. */
const SWITCHES = new Set([
  'auto-reload-config',
  'bootstrap',
  'dev',
  'disable-host-node-id',
  'disable-keyring-file',
  'enable-local-script-checks',
  'enable-script-checks',
  'insecure',
  'log-json',
  'non-voting-server',
  'read-replica',
  'rejoin',
  'server',
  'syslog',
  'ui',
])

/** What has a value. Some of it means nothing here, but scripts say it. */
const VALUES = new Set([
  'advertise',
  'advertise-wan',
  'allow-write-http-from',
  'alt-domain',
  'bind',
  'bootstrap-expect',
  'check_output_max_size',
  'client',
  'config-dir',
  'config-file',
  'config-format',
  'data-dir',
  'datacenter',
  'default-query-time',
  'dns-port',
  'domain',
  'encrypt',
  'grpc-port',
  'grpc-tls-port',
  'hcl',
  'http-port',
  'https-port',
  'join',
  'join-wan',
  'log-file',
  'log-level',
  'log-rotate-bytes',
  'log-rotate-duration',
  'log-rotate-max-files',
  'max-query-time',
  'node',
  'node-id',
  'node-meta',
  'pid-file',
  'primary-gateway',
  'protocol',
  'raft-protocol',
  'recursor',
  'retry-interval',
  'retry-interval-wan',
  'retry-join',
  'retry-join-wan',
  'retry-max',
  'retry-max-wan',
  'segment',
  'serf-lan-allowed-cidrs',
  'serf-lan-bind',
  'serf-lan-port',
  'serf-wan-allowed-cidrs',
  'serf-wan-bind',
  'serf-wan-port',
  'server-port',
  'ui-content-path',
  'ui-dir',
])

/** Folders and files of configuration are one list, in the order they were given. */
const SAME: Readonly<Record<string, string>> = { 'config-dir': 'config-file' }

/** Reads options as Go's `flag` package does: `-name`, `-name=value`, `-name value`, with one hyphen or two. What `-config-dir` names is with `config-file`. Throws `FlagProblem`. */
export function parseFlags(args: readonly string[]): Flags {
  const flags = new Map<string, string[]>()
  for (let at = 0; at < args.length; at++) {
    const [, name = '', , given] = /^--?([a-z][a-z_-]*)(=([^]*))?$/.exec(args[at] ?? '') ?? []
    if (!SWITCHES.has(name) && !VALUES.has(name)) throw new FlagProblem(`flag provided but not defined: ${args[at]}`)
    const value = given ?? (SWITCHES.has(name) ? 'true' : args[++at])
    if (value === undefined) throw new FlagProblem(`flag needs an argument: -${name}`)
    const key = SAME[name] ?? name
    flags.set(key, [...(flags.get(key) ?? []), value])
  }
  return flags
}

/** The last value of an option; undefined if it was not given. */
export function lastOf(flags: Flags, name: string): string | undefined {
  return flags.get(name)?.at(-1)
}
