import assert from 'node:assert/strict'
import { once } from 'node:events'
import { Agent, type IncomingMessage, request } from 'node:http'
import { text } from 'node:stream/consumers'
import { describe, it, type TestContext } from 'node:test'
import { Pool } from 'undici'
import { BaseService } from '../../../src/application/base-service.ts'
import { MultiService } from '../../../src/application/multi-service.ts'
import { Site } from '../../../src/web/site.ts'
import { eventually } from '../../endpoint/eventually.ts'

const CONNECTIONS = 64
/** For each client: twenty in all. */
const CYCLES = 10

/** Sends one request to a port; resolves with the whole answer. */
type Call = (port: number) => Promise<string>

/** Clients that keep their connections, and close them when they are told to. */
const clients: Record<string, (t: TestContext) => Call> = {
  'node:http'(t) {
    const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS })
    t.after(() => agent.destroy())
    return async port => {
      const [response] = (await once(request({ port, host: '127.0.0.1', agent }).end(), 'response')) as [
        IncomingMessage,
      ]
      return text(response)
    }
  },
  undici(t) {
    const pools = new Map<number, Pool>()
    t.after(() => Promise.all([...pools.values()].map(pool => pool.destroy())))
    return async port => {
      const pool = pools.get(port) ?? new Pool(`http://127.0.0.1:${port}`, { connections: CONNECTIONS })
      pools.set(port, pool)
      return (await pool.request({ path: '/', method: 'GET' })).body.text()
    }
  },
}

/** Calls what it is pointed at from as many sides as there are connections, without a pause. */
class Load {
  target = 0
  answered = 0
  readonly failures: unknown[] = []
  #isOver = false
  readonly #workers: Promise<unknown>

  constructor(call: Call, target: number) {
    this.target = target
    this.#workers = Promise.all(Array.from({ length: CONNECTIONS }, () => this.#work(call)))
  }

  /** Waits until so many more calls were answered, so that every connection has been used. */
  async goesOn(): Promise<void> {
    const goal = this.answered + CONNECTIONS
    await eventually(() => this.answered >= goal || this.failures.length > 0)
  }

  async end(): Promise<void> {
    this.#isOver = true
    await this.#workers
  }

  async #work(call: Call): Promise<void> {
    while (!this.#isOver && this.failures.length === 0) {
      try {
        assert.equal(await call(this.target), 'ok')
        this.answered++
      } catch (error) {
        this.failures.push(error)
      }
    }
  }
}

/** Stands for the Registrant: is called in the drain phase, and waited for. */
class Farewell extends BaseService {
  readonly #say: () => Promise<void>
  constructor(say: () => Promise<void>) {
    super('farewell')
    this.#say = say
  }
  protected override onDrain(): Promise<void> {
    return this.#say()
  }
}

describe('two Sites that are stopped and started in turn', { timeout: 120_000 }, () => {
  for (const [name, open] of Object.entries(clients)) {
    it(`lose no request of 64 connections kept alive by ${name}`, async t => {
      const sites = [1, 2].map(() => new Site('tcp:0:interface=127.0.0.1', () => new Response('ok')))
      const portOf = (index: number) => Number(new URL(sites[index % 2]?.endpoints[0] ?? '').port)
      let cycle = 0
      const farewell = async () => {
        await load.goesOn()
        load.target = portOf(cycle + 1)
      }
      const trees = sites.map(site => new MultiService('tree', [site, new Farewell(farewell)]))
      t.after(() => Promise.all(trees.map(tree => tree.stop({ deadlineMs: 0 }).catch(() => {}))))
      await Promise.all(trees.map(tree => tree.start()))
      const load = new Load(open(t), portOf(0))
      for (; cycle < CYCLES; cycle++) {
        await load.goesOn()
        await trees[cycle % 2]?.stop()
        await trees[cycle % 2]?.start()
      }
      await load.end()
      assert.deepEqual(load.failures, [])
      assert.ok(load.answered > CYCLES * CONNECTIONS)
    })
  }
})
