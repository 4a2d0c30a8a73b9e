import { createServer } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'
import { createInstance } from '../../../src/discovery/create-instance.ts'
import { Store } from '../../../src/discovery/store/store.ts'
import { type Access, openAccess } from '../../../src/daemon/access/access.ts'
import { inMemory, type Durability } from '../../../src/daemon/durability.ts'
import { Turn } from '../../../src/daemon/turn.ts'
import { RestFrontend } from '../../../src/daemon/rest/rest-frontend.ts'
import { FakeClock } from '../../../src/testing/fake-clock.ts'
import { Router, type RouteHandler } from '../../../src/web/router.ts'

/** Remembers which routes it was given, such as `GET /services/:name`. */
class RecordingRouter extends Router {
  readonly routes: string[] = []

  override route(method: string, pattern: string, handler: RouteHandler): this {
    this.routes.push(`${method} ${pattern.replace('/api/v1', '')}`)
    return super.route(method, pattern, handler)
  }
}

/** The REST API over a Store, on a port of its own until the test is over. */
export async function serveRest(
  t: TestContext,
  { durability = inMemory, access = openAccess }: { durability?: Durability; access?: Access } = {},
) {
  const clock = new FakeClock()
  const store = new Store({ clock, epoch: 'e1', revision: 100 })
  const frontend = new RestFrontend()
  const router = new RecordingRouter()
  frontend.mount(router, {
    store,
    durability,
    clock,
    turn: new Turn(),
    dataPath: undefined,
    backend: undefined,
    access,
  })
  const server = createServer(router.handle).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(async () => {
    frontend.close()
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v1`
  const owner = store.leases.connect({ id: 'session:test', name: 'orders (process 1)' })
  const register = (id: string, init: object = {}) => store.leases.register(owner, instance(id, init), 15_000)
  return { clock, store, frontend, url, owner, register, routes: router.routes }
}

/** An instance of `users`. */
export function instance(id: string, init: object = {}) {
  return createInstance({ serviceName: 'users', id, endpoints: ['tcp://127.0.0.1:1'], startedAt: 1, ...init })
}

/** Asks, and reads the answer as JSON. */
export async function ask(url: string, { method = 'GET', body, ...headers }: Record<string, unknown> = {}) {
  const response = await fetch(url, {
    method: method as string,
    headers: headers as Record<string, string>,
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  const text = await response.text()
  return { status: response.status, headers: response.headers, body: text ? JSON.parse(text) : undefined }
}

/** Reads server-sent events one by one. */
export async function events(t: TestContext, url: string, headers: Record<string, string> = {}) {
  const leave = new AbortController()
  t.after(() => leave.abort())
  const response = await fetch(url, { headers, signal: leave.signal })
  const chunks = response.body?.pipeThrough(new TextDecoderStream())[Symbol.asyncIterator]()
  let text = ''
  return {
    response,
    leave: () => leave.abort(),
    async next(): Promise<{ id: string; event: string; data: Json }> {
      for (;;) {
        const end = text.indexOf('\n\n')
        if (end >= 0) {
          const lines = text.slice(0, end).split('\n')
          text = text.slice(end + 2)
          const field = (name: string) => lines.find(line => line.startsWith(`${name}: `))?.slice(name.length + 2) ?? ''
          if (field('data')) return { id: field('id'), event: field('event'), data: JSON.parse(field('data')) }
        } else {
          const chunk = await chunks?.next()
          if (!chunk || chunk.done) throw new Error('the stream has ended')
          text += chunk.value
        }
      }
    },
  }
}

/** What a test knows better than the compiler. */
type Json = ReturnType<typeof JSON.parse>
