import { readFileSync } from 'node:fs'
import type { EtcdTls } from '../../adapters/etcd/index.ts'
import { duration, flag, text } from './parameters.ts'
import type { RegistryScheme } from './registry-scheme.ts'
import type { RegistryHost, RegistryUrl } from './registry-url.ts'

/** Port of an etcd whose URL names none. */
const ETCD_PORT = 2379

const PARAMETERS = { tls: flag, ca: text, cert: text, key: text, 'server-name': text, notes: flag, quiet: duration }

/** Files that TLS takes, by the names of their parameters. */
const FILES = ['ca', 'cert', 'key'] as const

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

type TlsParameters = Partial<Record<'ca' | 'cert' | 'key' | 'server-name', string | undefined>> & {
  tls?: boolean | undefined
}

/** TLS is spoken when any of its parameters is there. */
function readTls(url: RegistryUrl, { tls, ...said }: TlsParameters): EtcdTls | undefined {
  if (tls === false || (tls === undefined && Object.keys(said).length === 0)) return undefined
  const { 'server-name': serverName } = said
  const contents = FILES.flatMap(name => (said[name] === undefined ? [] : [[name, read(url, name, said[name])]]))
  return { ...Object.fromEntries(contents), ...(serverName !== undefined && { serverName }) }
}

function read(url: RegistryUrl, name: string, file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw url.refused(`the file of the parameter "${name}" cannot be read: ${(error as NodeJS.ErrnoException).code}`)
  }
}

function authority({ host, port }: RegistryHost): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`
}
