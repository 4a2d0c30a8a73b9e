import { duration, port, text } from './parameters.ts'
import type { RegistryScheme } from './registry-scheme.ts'

const DNS_PORT = 53

const PARAMETERS = { port, services: text, 'ttl-min': duration, 'ttl-max': duration, timeout: duration }

/** A name server, and the domain in which services have their names. */
export const dnsScheme: RegistryScheme = {
  name: 'dns',
  form: 'dns://resolver:53/domain',
  locate(url) {
    const server = url.host({ port: DNS_PORT })
    if (url.credentials.user !== undefined) throw url.refused('a name server takes no user or password')
    const domain = url.path
    if (domain === '') throw url.refused('it names no domain after the host')
    const {
      port: instancePort,
      services,
      'ttl-min': ttlMsMin,
      'ttl-max': ttlMsMax,
      timeout: timeoutMs,
    } = url.parameters(PARAMETERS)
    const options = { ...server, domain, instancePort, services: services?.split(','), ttlMsMin, ttlMsMax, timeoutMs }
    return {
      kind: 'dns',
      load: async () => {
        const { DnsRegistry } = await import('../../adapters/dns/index.ts')
        return () => new DnsRegistry(options)
      },
    }
  },
}
