import { duration, flag, text } from './parameters.ts'
import type { RegistryScheme } from './registry-scheme.ts'

/** Port of a ZooKeeper whose URL names none, without TLS and with. */
const ZOOKEEPER_PORT = 2181
const ZOOKEEPER_TLS_PORT = 2281

const PARAMETERS = {
  tls: flag,
  ca: text,
  cert: text,
  key: text,
  acl,
  services: path,
  session: duration,
  quiet: duration,
}

/** ZooKeeper: any number of its servers, and the node under which everything is. */
export const zookeeperScheme: RegistryScheme = {
  name: 'zookeeper',
  form: 'zookeeper://user:password@host:port,host:port/chroot',
  locate(url) {
    const { tls, ca, cert, key, acl: access, services, session, quiet } = url.parameters(PARAMETERS)
    const isSecure = tls ?? [ca, cert, key].some(file => file !== undefined)
    const servers = url.hosts({ port: isSecure ? ZOOKEEPER_TLS_PORT : ZOOKEEPER_PORT })
    const options = {
      servers,
      ...url.credentials,
      chroot: url.path === '' ? '' : `/${url.path}`,
      basePath: services,
      acl: access,
      tls: isSecure ? { ca, cert, key } : undefined,
      sessionMs: session,
      quietMs: quiet,
    }
    return {
      kind: 'zookeeper',
      load: async () => {
        const { ZookeeperRegistry } = await import('../../adapters/zookeeper/index.ts')
        return ({ clientName }) => new ZookeeperRegistry({ ...options, clientName })
      },
    }
  },
}

function acl(value: string): 'creator' | 'world' {
  if (value !== 'creator' && value !== 'world') throw new Error('must be creator or world')
  return value
}

function path(value: string): string {
  if (!/^(\/[^/]+)+$/.test(value)) throw new Error('must be a path such as /services')
  return value
}
