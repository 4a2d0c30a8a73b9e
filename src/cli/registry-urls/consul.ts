import { duration, text } from './parameters.ts'
import type { RegistryScheme } from './registry-scheme.ts'
import { authority } from './registry-url.ts'
import { readFile, readTls, TLS_PARAMETERS } from './tls-parameters.ts'

/** Port of a Consul agent whose URL names none. */
const CONSUL_PORT = 8500

const PARAMETERS = { ...TLS_PARAMETERS, token: text, 'token-file': text, dc: text, ns: text, quiet: duration }

/** Consul: any number of its agents, and the folder of the keys that Ropewalk needs there. */
export const consulScheme: RegistryScheme = {
  name: 'consul',
  form: 'consul://host:port,host:port/folder?token=…&dc=…',
  locate(url) {
    const addresses = url.hosts({ port: CONSUL_PORT }).map(authority)
    const { user } = url.credentials
    if (user !== undefined) throw url.refused('Consul takes no user or password: write "?token=" or "?token-file="')
    const { token, 'token-file': tokenFile, dc: datacenter, ns: namespace, quiet, ...tls } = url.parameters(PARAMETERS)
    const folder = url.path === '' ? undefined : url.path
    return {
      kind: 'consul',
      load: async () => {
        const { ConsulRegistry } = await import('../../adapters/consul/index.ts')
        const secret = tokenFile === undefined ? token : readFile(url, 'token-file', tokenFile).trim()
        const where = { addresses, token: secret, datacenter, namespace, folder, tls: readTls(url, tls) }
        return ({ clientName }) => new ConsulRegistry({ ...where, quietMs: quiet, clientName })
      },
    }
  },
}
