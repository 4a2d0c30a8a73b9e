import { duration, flag } from './parameters.ts'
import type { RegistryScheme } from './registry-scheme.ts'
import { authority } from './registry-url.ts'
import { readTls, TLS_PARAMETERS } from './tls-parameters.ts'

/** Port of an etcd whose URL names none. */
const ETCD_PORT = 2379

const PARAMETERS = { ...TLS_PARAMETERS, notes: flag, quiet: duration }

/** etcd: any number of its nodes, and what stands before every key. */
export const etcdScheme: RegistryScheme = {
  name: 'etcd',
  form: 'etcd://user:password@host:port,host:port/prefix',
  locate(url) {
    const endpoints = url.hosts({ port: ETCD_PORT }).map(authority)
    const { user: name, password = '' } = url.credentials
    const { notes, quiet: quietMs, ...tls } = url.parameters(PARAMETERS)
    const prefix = url.path === '' ? undefined : url.path
    return {
      kind: 'etcd',
      load: async () => {
        const { EtcdRegistry } = await import('../../adapters/etcd/index.ts')
        const user = name === undefined ? undefined : { name, password }
        const options = { endpoints, prefix, user, notes, quietMs, tls: readTls(url, tls) }
        return ({ clientName }) => new EtcdRegistry({ ...options, clientName })
      },
    }
  },
}
