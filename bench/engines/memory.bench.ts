import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startConsul } from '../../tools/engines/servers/consul.ts'
import { startEtcd } from '../../tools/engines/servers/etcd.ts'
import { startZooKeeper } from '../../tools/engines/servers/zookeeper.ts'
import type { EngineServer } from '../../tools/engines/servers/engine-server.ts'
import type { Benchmark, Contender } from '../harness/benchmark.ts'
import { atMost } from '../harness/bound.ts'
import { Program } from '../harness/program.ts'

const INSTANCES = 100_000
const MIB = 2 ** 20

const etcd = engine('etcd 3.4', { start: () => startEtcd(), port: 'client', program: 'etcd-fill.ts' })
const consul = engine('Consul 1.8.7', { start: () => startConsul(), port: 'http', program: 'consul-fill.ts' })
const zooKeeper = engine('ZooKeeper 3.8', {
  start: () => startZooKeeper(),
  port: 'client',
  program: 'zookeeper-fill.ts',
})

/** What a registry occupies when it has 100,000 instances of a thousand services, all that it is included. Each round is a registry of its own. */
export const benchmarks: readonly Benchmark[] = [
  {
    area: 'engines',
    name: `memory with ${INSTANCES.toLocaleString('en')} instances`,
    unit: 'MiB, resident',
    ours: { name: 'ropewalk registry', open: async () => ({ measure: ours, close: async () => {} }) },
    goals: [etcd, consul, zooKeeper].map(against => ({ against, bound: atMost(1) })),
    warmUpRounds: 0,
    roundsMax: 1,
  },
]

/** The sources are run as they are, so a first start keeps what Node made of them: users have them without types, and no 30 MB of what takes those off. */
async function ours(): Promise<number> {
  const cache = await mkdtemp(join(tmpdir(), 'ropewalk-bench-compiled-'))
  try {
    await close(await startDaemon(cache))
    return await filled(await startDaemon(cache))
  } finally {
    await rm(cache, { recursive: true, force: true })
  }
}

function startDaemon(cache: string): Promise<Program<{ port: number }>> {
  const file = new URL('../daemon/programs/daemon.ts', import.meta.url)
  return Program.start(file, {}, { env: { NODE_COMPILE_CACHE: cache } })
}

async function close(daemon: Program): Promise<void> {
  await daemon.ask('stop')
  await daemon.close()
}

async function filled(daemon: Program): Promise<number> {
  const filling = await Program.start(new URL('../daemon/programs/fill.ts', import.meta.url), daemon.facts)
  await filling.ask('fill', INSTANCES)
  const residentBytes = await daemon.ask<number>('residentBytes')
  await filling.close()
  await close(daemon)
  return residentBytes / MIB
}

/** How an engine is started, and what fills it. */
interface Filled<Port extends string> {
  readonly start: () => Promise<EngineServer<Port>>
  readonly port: Port
  readonly program: string
}

function engine<Port extends string>(name: string, { start, port, program }: Filled<Port>): Contender {
  const measure = async () => {
    await using server = await start()
    const filling = await Program.start(new URL(`programs/${program}`, import.meta.url), { port: server.ports[port] })
    await filling.ask('fill', INSTANCES)
    const { residentBytes } = await server.memory()
    await filling.close()
    return residentBytes / MIB
  }
  return { name, open: async () => ({ measure, close: async () => {} }) }
}
