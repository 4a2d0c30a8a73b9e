import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Balancer } from '../../src/balancer/balancer.ts'
import { leastRequests } from '../../src/balancer/least-requests.ts'
import { RoundRobin } from '../../src/balancer/round-robin.ts'
import { Client, type ClientOptions } from '../../src/client/index.ts'
import { createInstance } from '../../src/discovery/create-instance.ts'
import type { Instance } from '../../src/discovery/instance.ts'
import type { Lease } from '../../src/discovery/lease.ts'
import { MemoryRegistry } from '../../src/discovery/memory-registry.ts'
import { PATIENCE_MS } from '../patience.ts'

/** What an HTTP server does with a request. */
export type Handler = (request: IncomingMessage, response: ServerResponse) => void

/** One Instance: a real HTTP server on this machine, and its lease. */
export interface Member {
  readonly id: string
  readonly url: string
  readonly server: Server
  readonly lease: Lease
  /** The paths that arrived, in order. */
  readonly paths: string[]
  /** Replace it to make the server misbehave. */
  handler: Handler
}

/** A registry, Clients and servers that register with it; everything is gone after `close`. */
export class Cluster {
  readonly registry = new MemoryRegistry()
  readonly #clients: Client[] = []
  readonly #members: Member[] = []

  /** A Client that spares nobody who is new, so that tests know the shares of their members. */
  client(options: Partial<ClientOptions> = {}): Client {
    const client = new Client({ registry: this.registry, slowStartMs: 0, ...options })
    this.#clients.push(client)
    return client
  }

  /** Starts and registers `count` servers that answer with their id. */
  async start(count: number, changes: Partial<Instance> = {}): Promise<Member[]> {
    return Promise.all(Array.from({ length: count }, () => this.startOne(changes)))
  }

  async startOne(changes: Partial<Instance> = {}): Promise<Member> {
    const { serviceName = 'users', id = `${serviceName}-${this.#members.length}`, ...rest } = changes
    const paths: string[] = []
    const server = createServer((request, response) => {
      paths.push(request.url ?? '')
      member.handler(request, response)
    })
    const members = this.#members
    const place = members.push(undefined as never) - 1
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const url = `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`
    const instance = createInstance({ serviceName, id, endpoints: [url], ...rest })
    const lease = await this.registry.register(instance)
    const member: Member = { id, url, server, lease, paths, handler: (_, response) => response.end(id) }
    members[place] = member
    return member
  }

  /** Registers what nobody listens for: connections to it are refused. */
  async registerAbsent(changes: Partial<Instance> = {}): Promise<Lease> {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const url = `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`
    server.close()
    await once(server, 'close')
    return this.registry.register(createInstance({ serviceName: 'users', id: 'absent', endpoints: [url], ...changes }))
  }

  async close(): Promise<void> {
    await Promise.all(this.#clients.map(client => client.stop({ deadlineMs: 0 }).catch(() => undefined)))
    await this.registry.close()
    for (const { server } of this.#members) kill(server)
  }
}

/** Ends a server as a crash does: it listens no more, and all its connections are gone. */
export function kill(server: Server): void {
  server.close()
  server.closeAllConnections()
}

/** Answers nothing, ever. */
export const silence: Handler = () => undefined

/** Breaks the connection instead of answering. */
export const reset: Handler = request => void request.socket.resetAndDestroy()

/** Lets a server hold its answers back until they are released. */
export function hold(member: Member): { release(): void } {
  const held: ServerResponse[] = []
  member.handler = (_, response) => void held.push(response)
  return { release: () => held.splice(0).forEach(response => response.end(member.id)) }
}

/** Reads a request's body as text. */
export async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks = await request.toArray()
  return Buffer.concat(chunks).toString()
}

/** Polls until `condition` holds, for up to a minute. */
export async function until(condition: () => boolean): Promise<void> {
  const endsAt = Date.now() + PATIENCE_MS
  while (!condition()) {
    if (Date.now() > endsAt) throw new Error(`Still not so after ${PATIENCE_MS} ms: ${String(condition)}`)
    await new Promise(resolve => setTimeout(resolve, 2))
  }
}

/** Makes a request and returns what came back. */
export async function ask(client: Client, path = '/', options: Parameters<Client['request']>[1] = {}): Promise<string> {
  const { body } = await client.request(`http://users${path}`, options)
  return body.text()
}

/** Requests one after the other; how many each Instance answered. */
export async function tally(count: number, request: () => Promise<string>): Promise<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (let made = 0; made < count; made++) {
    const id = await request()
    counts[id] = (counts[id] ?? 0) + 1
  }
  return counts
}

/** A Balancer that takes each in turn, so that a test knows who is next: the second first. */
export const inTurn = (): RoundRobin => new RoundRobin({ random: { next: () => 0 } })

/** A Balancer that always takes the first. */
export const firstOf: Balancer = { newLoad: () => leastRequests, pick: candidates => candidates[0] }
