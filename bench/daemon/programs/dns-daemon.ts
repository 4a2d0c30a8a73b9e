import { ConsulFrontend } from '../../../src/daemon/consul/consul-frontend.ts'
import { DnsServer } from '../../../src/daemon/dns/dns-server.ts'
import { RegistryDaemon } from '../../../src/daemon/registry-daemon.ts'
import { createInstance } from '../../../src/discovery/create-instance.ts'
import { answer, input } from '../../harness/answer.ts'

/* A registry daemon that answers DNS, as `ropewalk registry` sets it up, with a service `web` of as many instances as it is told. */

const { instances } = input() as { instances: number }
const api = new ConsulFrontend()
const endpoint = 'tcp:0:interface=127.0.0.1'
const dns = new DnsServer({ endpoint, catalog: (_context, defaults) => api.dnsCatalog(defaults) })
const daemon = new RegistryDaemon({ endpoint, dns, frontends: [api] })
await daemon.start()
const owner = daemon.store?.leases.connect({ id: 'session:bench', name: 'bench' })
for (let index = 0; index < instances; index++) {
  const endpoints = [`tcp://10.0.${index >> 8}.${index & 255}:${8000 + index}`]
  const instance = createInstance({ serviceName: 'web', id: `w${index}`, endpoints })
  if (owner) daemon.store?.leases.register(owner, instance, 3_600_000)
}

answer({ port: dns.endpoint.port })
