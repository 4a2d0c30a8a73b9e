/** An option of the command line that is not known, or that lacks its value. */
export class FlagProblem extends Error {}

/** Options by name; each has the values it was given, in order. */
export type Flags = ReadonlyMap<string, readonly string[]>

/** What has no value unless it is written with `=`. */
const SWITCHES = new Set([
  'allow-write-http-from',
  'bootstrap',
  'dev',
  'disable-host-node-id',
  'disable-keyring-file',
  'enable-local-script-checks',
  'enable-script-checks',
  'insecure',
  'non-voting-server',
  'rejoin',
  'server',
  'syslog',
  'ui',
])

/** What has a value. Some of it means nothing here, but scripts say it. */
const VALUES = new Set([
  'advertise',
  'advertise-wan',
  'bind',
  'bootstrap-expect',
  'client',
  'config-dir',
  'config-file',
  'config-format',
  'data-dir',
  'datacenter',
  'default-query-time',
  'dns-port',
  'domain',
  'alt-domain',
  'encrypt',
  'grpc-port',
  'hcl',
  'http-port',
  'https-port',
  'join',
  'join-wan',
  'log-file',
  'log-json',
  'log-level',
  'log-rotate-bytes',
  'log-rotate-duration',
  'log-rotate-max-files',
  'max-query-time',
  'node',
  'node-id',
  'node-meta',
  'pid-file',
  'protocol',
  'raft-protocol',
  'recursor',
  'retry-interval',
  'retry-interval-wan',
  'retry-join',
  'retry-join-wan',
  'retry-max',
  'segment',
  'serf-lan-bind',
  'serf-lan-port',
  'serf-wan-bind',
  'serf-wan-port',
  'server-port',
  'ui-content-path',
  'ui-dir',
])

/** Reads options as Go's `flag` package does: `-name`, `-name=value`, `-name value`, with one hyphen or two. Throws `FlagProblem`. */
export function parseFlags(args: readonly string[]): Flags {
  const flags = new Map<string, string[]>()
  for (let at = 0; at < args.length; at++) {
    const [, name = '', , given] = /^--?([a-z][a-z-]*)(=([^]*))?$/.exec(args[at] ?? '') ?? []
    if (!SWITCHES.has(name) && !VALUES.has(name)) throw new FlagProblem(`flag provided but not defined: ${args[at]}`)
    const value = given ?? (SWITCHES.has(name) ? 'true' : args[++at])
    if (value === undefined) throw new FlagProblem(`flag needs an argument: -${name}`)
    flags.set(name, [...(flags.get(name) ?? []), value])
  }
  return flags
}

/** The last value of an option; undefined if it was not given. */
export function lastOf(flags: Flags, name: string): string | undefined {
  return flags.get(name)?.at(-1)
}
