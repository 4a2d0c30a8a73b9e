import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'
import { type Access, openAccess } from '../../../src/daemon/access/access.ts'
import { ConsulFrontend } from '../../../src/daemon/consul/consul-frontend.ts'
import type { ConsulOptions } from '../../../src/daemon/consul/consul-options.ts'
import { inMemory } from '../../../src/daemon/durability.ts'
import { Turn } from '../../../src/daemon/turn.ts'
import { createInstance } from '../../../src/discovery/create-instance.ts'
import type { Memory } from '../../../src/discovery/store/memory.ts'
import { Store } from '../../../src/discovery/store/store.ts'
import { FakeClock } from '../../../src/testing/fake-clock.ts'
import { Router } from '../../../src/web/router.ts'

/** What a test knows better than the compiler. */
export type Json = ReturnType<typeof JSON.parse>

/** What a server is made with. */
export interface ConsulServerInit extends ConsulOptions {
  readonly access?: Access
  readonly dataPath?: string
  readonly revision?: number
  readonly memory?: Memory
}

/** The Consul API over a Store, on a port of its own until the test is over. */
export async function serveConsul(
  t: TestContext,
  { dataPath, revision = 100, access = openAccess, memory, ...options }: ConsulServerInit = {},
) {
  const clock = new FakeClock()
  const turn = new Turn()
  const store = new Store({ clock, revision, memory, defer: task => turn.at('notify', task) })
  const frontend = new ConsulFrontend({ nodeName: 'n0', nodeId: '0'.repeat(36), ...options })
  const router = new Router()
  frontend.mount(router, { store, durability: inMemory, clock, turn, dataPath, backend: undefined, access })
  const server = createServer(router.handle).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const close = async () => {
    store.close()
    frontend.close()
    server.closeAllConnections()
    if (!server.listening) return
    server.close()
    await once(server, 'close')
  }
  t.after(close)
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const ask = (method: string, path: string, body?: unknown) => request(url + path, { method, body })
  const owner = store.leases.connect({ id: 'session:test', name: 'orders (process 1)' })
  const register = (id: string, init: object = {}) =>
    store.leases.register(owner, createInstance({ ...INSTANCE, id, ...init }), 15_000)
  return { clock, store, frontend, url, ask, owner, register, close }
}

const INSTANCE = { serviceName: 'users', id: 'u1', endpoints: ['tcp://10.0.0.5:8080'], startedAt: 1 }

/** Asks, and reads the answer. */
export async function request(url: string, { method = 'GET', body, headers = {} }: RequestFields = {}) {
  const response = await fetch(url, {
    method,
    headers,
    redirect: 'manual',
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  const text = await response.text()
  const isJson = response.headers.get('content-type') === 'application/json'
  const index = Number(response.headers.get('x-consul-index'))
  return {
    status: response.status,
    headers: response.headers,
    index,
    text,
    body: bodyOf(text, isJson),
  }
}

interface RequestFields {
  readonly method?: string
  readonly body?: unknown
  readonly headers?: Record<string, string>
}

function bodyOf(text: string, isJson: boolean): Json {
  return isJson ? JSON.parse(text) : text
}
