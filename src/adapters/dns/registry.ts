import { systemClock, type Clock } from '../../core/clock.ts'
import { systemRandom, type Random } from '../../core/random.ts'
import { KnownSets } from '../../discovery/read-only/known-sets.ts'
import { ReadOnlyRegistry } from '../../discovery/read-only/read-only-registry.ts'
import { DnsClient } from './client.ts'
import { DnsSource } from './dns-source.ts'
import { type Found, lookUp } from './lookup.ts'

/** Which name server, and what to ask it. */
export interface DnsRegistryOptions {
  /** Default 127.0.0.1. */
  host?: string
  /** Of the name server. Default 53. */
  port?: number
  /** The name in DNS of a service: `{service}` stands for its name, `_{service}._tcp.example.com`. Without it, what follows its name. */
  domain: string
  /** The port of the instances: they are found by A and AAAA records then. Default: by SRV records, which say it. */
  instancePort?: number | undefined
  /** Services to ask for when somebody wants the names of all: DNS has no list of them. */
  services?: readonly string[] | undefined
  /** An answer counts at least so long, whatever its TTL, in milliseconds. Default 1,000. */
  ttlMsMin?: number | undefined
  /** An answer counts at most so long, in milliseconds. Default 60,000. */
  ttlMsMax?: number | undefined
  /** The longest wait for one answer, in milliseconds; it is asked for three times. Default 2,000. */
  timeoutMs?: number | undefined
  clock?: Clock
  random?: Random
}

/**
 * DNS as a Registry that is only read: each service that is watched is asked for again when its answer has lived for its TTL. A name that does
 * not exist, or has no records, has no instances; a failure of the server is neither, and leaves what was known, marked `stale`.
 */
export class DnsRegistry extends ReadOnlyRegistry {
  constructor(options: DnsRegistryOptions) {
    const { host = '127.0.0.1', port = 53, domain, instancePort, services = [], timeoutMs = 2_000 } = options
    const { ttlMsMin = 1_000, ttlMsMax = 60_000, clock = systemClock, random = systemRandom } = options
    const url = `dns://${host.includes(':') ? `[${host}]` : host}:${port}/${domain}`
    const client = new DnsClient({ host, port, clock, random, timeoutMs })
    const sets = new KnownSets()
    const pattern = domain.includes('{service}') ? domain : `{service}.${domain}`
    const ask = async (serviceName: string, signal: AbortSignal): Promise<Found> => {
      const name = pattern.replaceAll('{service}', () => serviceName).replace(/\.$/, '')
      if (!isName(name)) return { instances: [], known: false, ttlMs: ttlMsMax }
      return lookUp({ client, serviceName, name, port: instancePort, signal })
    }
    const source = new DnsSource({ url, sets, clock, random, ttlMsMin, ttlMsMax, services, lookUp: ask })
    super({ url, advice: 'whoever fills the name server has to add it', sets, source })
  }
}

/** Whether DNS can have a name: what is not so, such as the name of a service with a space in it, exists nowhere. */
function isName(name: string): boolean {
  return name.length <= 253 && name.split('.').every(label => /^[\w-]{1,63}$/.test(label))
}
