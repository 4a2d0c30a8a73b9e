import { DnsServer } from '../../../src/daemon/dns/dns-server.ts'
import { RegistryDaemon } from '../../../src/daemon/registry-daemon.ts'
import { createInstance } from '../../../src/discovery/create-instance.ts'
import { answer, input } from '../../harness/answer.ts'

/* A registry daemon that answers DNS, with a service `web` of as many instances as it is told. */

const { instances } = input() as { instances: number }
const dns = new DnsServer({ endpoint: 'tcp:0:interface=127.0.0.1' })
const daemon = new RegistryDaemon({ endpoint: 'tcp:0:interface=127.0.0.1', dns })
await daemon.start()
const owner = daemon.store?.leases.connect({ id: 'session:bench', name: 'bench' })
for (let index = 0; index < instances; index++) {
  const endpoints = [`tcp://10.0.${index >> 8}.${index & 255}:${8000 + index}`]
  const instance = createInstance({ serviceName: 'web', id: `w${index}`, endpoints })
  if (owner) daemon.store?.leases.register(owner, instance, 3_600_000)
}

answer({ port: dns.endpoint.port })
