import { startConsul } from '../../tools/engines/servers/consul.ts'
import { engineProgram } from '../harness/engine-program.ts'
import { Program } from '../harness/program.ts'
import type { ServerProgram } from '../harness/server-contender.ts'

/** A server of Consul's HTTP API that keeps its data in memory. */
export interface ConsulApi {
  readonly name: string
  readonly start: () => Promise<ConsulApiProgram>
}

/** A server of Consul's HTTP API in a process of its own. */
export interface ConsulApiProgram extends ServerProgram {
  /** The most memory it has had resident so far. */
  residentBytesMax(): Promise<number>
}

/** The registry daemon. */
export const ours: ConsulApi = {
  name: 'ropewalk registry',
  start: async () => nodeProgram(await Program.start(new URL('programs/consul-api-daemon.ts', import.meta.url))),
}

/** A server that answers blocking queries with so many bytes and knows no registry. The floor of all that Node can do. */
export function bareProcesses(bytes: number): ConsulApi {
  const file = new URL('programs/bare-answers.ts', import.meta.url)
  return { name: 'two bare processes', start: async () => nodeProgram(await Program.start(file, { bytes })) }
}

function nodeProgram(program: Program<{ port: number }>): ConsulApiProgram {
  return {
    port: program.facts.port,
    cpuMs: () => program.cpuMs(),
    residentBytesMax: () => program.ask('residentBytesMax'),
    close: () => program.close(),
  }
}

/** Consul 1.8.7 as `agent -dev`. */
export const consul: ConsulApi = {
  name: 'Consul 1.8.7',
  async start() {
    const server = await startConsul({ isDev: true, config: { limits: { http_max_conns_per_client: 5_000 } } })
    return { ...engineProgram(server, 'http'), residentBytesMax: async () => (await server.memory()).residentBytesMax }
  },
}

/** The same server with something written to it before it is measured. */
export function prepared<P extends ServerProgram>(
  start: () => Promise<P>,
  prepare: (port: number) => Promise<void>,
): () => Promise<P> {
  return async () => {
    const server = await start()
    try {
      await prepare(server.port)
      return server
    } catch (error) {
      await server.close()
      throw error
    }
  }
}

/** Registers as many instances of a service in the catalog, each with a node and a check of its own. */
export async function fillCatalog(port: number, service: string, instances: number): Promise<void> {
  for (let index = 0; index < instances; index++) await put(port, '/v1/catalog/register', catalogEntry(service, index))
}

/** One instance with its node and its check, as the catalog takes it. */
export function catalogEntry(service: string, index: number): object {
  const Address = `10.0.${index >> 8}.${index & 255}`
  const ID = `${service}-${index}`
  const Meta = { version: '1.4.2', zone: 'eu-west-1a' }
  const Service = { ID, Service: service, Address, Port: 8000 + (index % 10_000), Tags: ['blue'], Meta }
  const Check = { CheckID: `service:${ID}`, Name: 'alive', Status: 'passing', ServiceID: ID }
  return { Node: `node-${index}`, Address, Service, Check }
}

/** Writes something by Consul's API. */
export async function put(port: number, path: string, body: object): Promise<void> {
  const answer = await fetch(`http://127.0.0.1:${port}${path}`, { method: 'PUT', body: JSON.stringify(body) })
  if (!answer.ok) throw new Error(`PUT ${path} was refused: ${await answer.text()}`)
  await answer.arrayBuffer()
}
