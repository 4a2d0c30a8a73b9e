import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { EngineProgram, freePort } from '../harness/engine-program.ts'

/** An etcd of its own, one node with its data on disk, as Debian sets it up. */
export interface Etcd {
  readonly port: number
  /** Ends it and deletes its data. */
  close(): Promise<void>
}

/** Starts an etcd. Rejects with `EngineMissingError` when it is not installed. */
export async function startEtcd(): Promise<Etcd> {
  const folder = await mkdtemp(join(tmpdir(), 'ropewalk-bench-etcd-'))
  const remove = () => rm(folder, { recursive: true, force: true })
  const peer = `http://127.0.0.1:${await freePort()}`
  try {
    const engine = await EngineProgram.start('etcd', port => etcdArguments(folder, peer, `http://127.0.0.1:${port}`))
    return { port: engine.port, close: () => engine.close().then(remove) }
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
