import { startConsul } from '../../tools/engines/servers/consul.ts'
import type { Benchmark, Contender } from '../harness/benchmark.ts'
import { atLeast } from '../harness/bound.ts'
import { fillCatalog } from '../engines/consul-api.ts'
import { engineProgram } from '../harness/engine-program.ts'
import { Program } from '../harness/program.ts'
import type { ServerProgram } from '../harness/server-contender.ts'

const ROUND_MS = 1000
const SOCKETS = 32

/** DNS questions by UDP about one service, to the registry daemon and to Consul. */
export const benchmarks: readonly Benchmark[] = [
  ...questions('A', 10),
  ...questions('A', 1000),
  ...questions('SRV', 10),
  ...questions('SRV', 1000),
]

function questions(type: 'A' | 'SRV', instances: number): Benchmark[] {
  return [
    {
      area: 'daemon',
      name: `DNS, ${type} of a service with ${instances.toLocaleString('en')} instances`,
      unit: 'answers per CPU second of the server',
      ours: contender('ropewalk registry', { type, start: () => startDaemon(instances) }),
      goals: [{ against: contender('Consul 1.8.7', { type, start: () => consulOf(instances) }), bound: atLeast(1) }],
    },
  ]
}

function contender(
  name: string,
  { type, start }: { type: 'A' | 'SRV'; start: () => Promise<ServerProgram> },
): Contender {
  return {
    name,
    async open() {
      const server = await start()
      const question = { port: server.port, name: 'web.service.consul', type, sockets: SOCKETS }
      const load = await Program.start(new URL('programs/dns-load.ts', import.meta.url), question)
      return {
        async measure() {
          const before = await server.cpuMs()
          const answers = await load.ask<number>('run', ROUND_MS)
          return (answers * 1000) / ((await server.cpuMs()) - before)
        },
        async close() {
          await load.close()
          await server.close()
        },
      }
    },
  }
}

async function startDaemon(instances: number): Promise<ServerProgram> {
  const program = await Program.start<{ port: number }>(new URL('programs/dns-daemon.ts', import.meta.url), {
    instances,
  })
  return { port: program.facts.port, cpuMs: () => program.cpuMs(), close: () => program.close() }
}

/** Consul with a service `web` of so many instances, registered at nodes of the catalog. */
async function consulOf(instances: number): Promise<ServerProgram> {
  const consul = await startConsul()
  try {
    await fillCatalog(consul.ports.http, 'web', instances)
    return engineProgram(consul, 'dns')
  } catch (error) {
    await consul.stop()
    throw error
  }
}
