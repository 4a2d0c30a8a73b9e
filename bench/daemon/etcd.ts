import { startEtcd } from '../../tools/engines/servers/etcd.ts'
import { engineProgram } from '../harness/engine-program.ts'
import type { RegistryProgram, RegistrySystem } from './registry-contender.ts'

/**
 * etcd, one node with its data on disk, as Debian sets it up, by the best client there is on npm: `@grpc/grpc-js`, measured against the
 * package `etcd3` and the JSON gateway. Its start rejects with `EngineMissingError` when it is not installed.
 */
export const etcd: RegistrySystem = {
  name: 'etcd 3.4 (grpc-js)',
  start,
  load: new URL('programs/etcd-load.ts', import.meta.url),
  watchers: new URL('programs/etcd-watchers.ts', import.meta.url),
  input: { client: 'grpc-js' },
}

/** The same etcd by the barest client there can be. */
export const etcdBare: RegistrySystem = { ...etcd, name: 'etcd 3.4 (bare)', input: { client: 'bare' } }

async function start(): Promise<RegistryProgram> {
  return engineProgram(await startEtcd({ args: ['--unsafe-no-fsync=false'] }), 'client')
}
