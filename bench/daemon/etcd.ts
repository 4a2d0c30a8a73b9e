import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../../src/cli/up/free-port.ts'
import { EngineProgram } from '../harness/engine-program.ts'
import type { RegistryProgram, RegistrySystem } from './registry-contender.ts'

/**
 * etcd, one node with its data on disk, as Debian sets it up, by the best client there is on npm: `@grpc/grpc-js`, measured against the
 * package `etcd3` and the JSON gateway. Its start rejects with `EngineMissingError` when it is not installed.
 */
export const etcd: RegistrySystem = {
  name: 'etcd 3.4 (grpc-js)',
  start: startEtcd,
  load: 'etcd-load.ts',
  watchers: 'etcd-watchers.ts',
  input: { client: 'grpc-js' },
}

/** The same etcd by the barest client there can be. */
export const etcdBare: RegistrySystem = { ...etcd, name: 'etcd 3.4 (bare)', input: { client: 'bare' } }

async function startEtcd(): Promise<RegistryProgram> {
  const folder = await mkdtemp(join(tmpdir(), 'ropewalk-bench-etcd-'))
  const remove = () => rm(folder, { recursive: true, force: true })
  const peer = `http://127.0.0.1:${await freePort()}`
  try {
    const engine = await EngineProgram.start('etcd', port => etcdArguments(folder, peer, `http://127.0.0.1:${port}`))
    return { port: engine.port, cpuMs: () => engine.cpuMs(), close: () => engine.close().then(remove) }
  } catch (error) {
    await remove()
    throw error
  }
}

function etcdArguments(folder: string, peer: string, client: string): string[] {
  const settings = {
    'data-dir': folder,
    'listen-client-urls': client,
    'advertise-client-urls': client,
    'listen-peer-urls': peer,
    'initial-advertise-peer-urls': peer,
    'initial-cluster': `default=${peer}`,
    'log-level': 'error',
  }
  return Object.entries(settings).flatMap(([key, value]) => [`--${key}`, value])
}
