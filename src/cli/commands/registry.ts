import { type Command, InvalidArgumentError, Option } from 'commander'
import { parseCount } from '../count.ts'
import { parseDuration } from '../duration.ts'
import type { RunRegistryOptions } from '../run-registry.ts'

const EXAMPLES = `
When it is ready it prints its URL, as others give it to --registry. Data is kept in a folder, so that it comes back, even from a crash, with
what it knew: by default $XDG_STATE_HOME/ropewalk/registry-<port>, where XDG_STATE_HOME is ~/.local/state unless set. On port 0, and with
--memory, it is lost with the process; applications then register again by themselves.

Examples:
  ropewalk registry
  ropewalk registry --memory --listen tcp:0:interface=127.0.0.1
  ropewalk registry --listen tcp:8500 --insecure         open to everybody who reaches this machine
  ropewalk registry --backend etcd://10.0.0.1:2379       what is in etcd, for curl, dig, Prometheus and clients of Consul

It answers curl as well:
  curl http://127.0.0.1:8500/api/v1/services

A daemon on port 8500 also answers DNS on port 8600 of this machine if it is free; others do with --dns:
  dig @127.0.0.1 -p 8600 users.service.ropewalk SRV`

interface RegistryCommandOptions {
  readonly listen: string
  readonly data?: string
  readonly memory?: boolean
  readonly backend?: string
  readonly grace?: number
  readonly preserve?: number | false
  readonly preserveFor?: number
  readonly insecure?: boolean
  readonly access?: string
  readonly acl?: 'deny' | 'allow'
  readonly connectionsPerAddress?: number
  readonly dns?: string | boolean
  readonly dnsDomain?: readonly string[]
  readonly dnsTtl?: number
  readonly dnsOnlyPassing?: boolean
  readonly dnsRecursor?: readonly string[]
}

/** What the options say of DNS. */
function dnsOptions(options: RegistryCommandOptions): RunRegistryOptions['dns'] {
  const { dns, dnsDomain: domains, dnsTtl: ttlMs, dnsOnlyPassing: onlyPassing, dnsRecursor: recursors } = options
  if (dns === false) return false
  const endpoint = typeof dns === 'string' ? dns : undefined
  const settings = { domains, ttlMs, onlyPassing, recursors }
  const isWanted = dns !== undefined || Object.values(settings).some(value => value !== undefined)
  return { ...settings, endpoint, isWanted }
}

/** When leases that should lapse are kept. */
function preservationOptions({ preserve, preserveFor }: RegistryCommandOptions): RunRegistryOptions['preservation'] {
  return preserve === false ? false : { share: preserve, keptMsMax: preserveFor }
}

/** A share of 1, of a percentage from 1 to 99. */
function parsePercentage(text: string): number {
  const percent = /^\d+$/.test(text) ? Number(text) : 0
  if (percent < 1 || percent > 99) throw new InvalidArgumentError('Expected a percentage from 1 to 99.')
  return percent / 100
}

/** Adds the command `registry`. */
export function addRegistryCommand(program: Command): void {
  program
    .command('registry')
    .description('run the registry daemon')
    .addOption(
      new Option('--listen <endpoint>', 'where to listen')
        .default('tcp:8500:interface=127.0.0.1')
        .env('ROPEWALK_LISTEN'),
    )
    .option('--data <folder>', 'where to keep what must survive a restart')
    .option('--memory', 'keep nothing')
    .option('--backend <url>', 'be the front of this registry, and keep nothing: consul://…, etcd://…, zookeeper://…')
    .option('--grace <duration>', 'how long instances of a lost connection are kept (3s)', parseDuration)
    .option(
      '--preserve <percentage>',
      'keep, as suspect, what would lapse when more than this share of all leases is missing (15)',
      parsePercentage,
    )
    .option('--no-preserve', 'let all that should lapse lapse')
    .option('--preserve-for <duration>', 'the longest that is kept (10m)', parseDuration)
    .option('--insecure', 'listen beyond this machine although everybody may change everything')
    .option('--access <file>', 'who may do what: rules for tokens and client certificates; see "ropewalk token --help"')
    .addOption(
      new Option(
        '--acl <policy>',
        'let in by tokens of the Consul API (consul acl bootstrap); what no policy says is:',
      ).choices(['deny', 'allow']),
    )
    .option('--connections-per-address <n>', 'how many connections one address may have (20000)', parseCount)
    .option('--dns [endpoint]', 'where to answer DNS, by UDP and TCP (tcp:8600:interface=127.0.0.1)')
    .option('--no-dns', 'answer no DNS')
    .option('--dns-domain <name...>', 'what names end in (consul ropewalk)')
    .option('--dns-ttl <duration>', 'how long answers of DNS may be kept (0s)', parseDuration)
    .option('--dns-only-passing', 'tell by DNS only instances that are surely alive, even when there is no other')
    .option('--dns-recursor <address...>', 'ask these servers for all other names (which are refused)')
    .addHelpText('after', EXAMPLES)
    .action(async (options: RegistryCommandOptions) => {
      const { runRegistry } = await import('../run-registry.ts')
      await runRegistry({
        ...options,
        dataPath: options.memory ? null : options.data,
        graceMs: options.grace,
        connectionsPerAddressMax: options.connectionsPerAddress,
        acl: options.acl && { defaultPolicy: options.acl },
        preservation: preservationOptions(options),
        dns: dnsOptions(options),
      })
    })
}
