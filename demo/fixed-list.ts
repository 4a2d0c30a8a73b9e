import { rm } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { Pool } from 'undici'
import type { Progress } from './progress.ts'
import { DemoSystem, freePort } from './system.ts'

const REQUESTS_PER_SECOND = 300

/** What the same users cost their callers who know them by a fixed list of addresses and call them in turn. */
export interface FixedListOutcome {
  readonly requests: number
  readonly failed: number
}

/** Calls the pools in turn at a steady rate until stopped, and counts as the demo's load generator does. */
class FixedListLoad {
  requests = 0
  failed = 0
  readonly #pools: readonly Pool[]
  readonly #inFlight = new Set<Promise<void>>()
  #asking = true
  #running: Promise<void> | undefined

  constructor(ports: readonly number[]) {
    this.#pools = ports.map(port => new Pool(`http://127.0.0.1:${port}`, { headersTimeout: 2_000 }))
  }

  start(): void {
    this.#running = this.#askSteadily()
  }

  async stop(): Promise<FixedListOutcome> {
    this.#asking = false
    await this.#running
    await Promise.all(this.#pools.map(pool => pool.close()))
    return { requests: this.requests, failed: this.failed }
  }

  async #askSteadily(): Promise<void> {
    const start = performance.now()
    while (this.#asking) {
      const due = start + (this.requests * 1_000) / REQUESTS_PER_SECOND
      if (due > performance.now()) {
        await sleep(Math.max(1, due - performance.now()))
        continue
      }
      const asked = this.#ask(++this.requests).finally(() => this.#inFlight.delete(asked))
      this.#inFlight.add(asked)
    }
    await Promise.all(this.#inFlight)
  }

  async #ask(id: number): Promise<void> {
    const pool = this.#pools[id % this.#pools.length]
    try {
      const answer = await pool?.request({ path: `/${id}`, method: 'GET' })
      const body = await answer?.body.text()
      if (answer?.statusCode !== 200 || !body?.includes(`User ${id}`)) this.failed++
    } catch {
      this.failed++
    }
  }
}

/** The same users at fixed ports, called in turn from a fixed list: a rolling restart and one SIGKILL. */
export async function showFixedList(progress: Progress): Promise<FixedListOutcome> {
  progress.say('  The same users, called by a fixed list of addresses in turn:')
  const system = await DemoSystem.create()
  try {
    await system.startRegistry()
    const ports = [await freePort(), await freePort(), await freePort()]
    const start = (port: number) => system.startInstance('users', { ENDPOINT: `tcp:${port}:interface=127.0.0.1` })
    const instances = await Promise.all(ports.map(start))
    const load = new FixedListLoad(ports)
    load.start()
    for (const [index, instance] of instances.entries()) {
      await system.stopInstance('users', instance, index === 0 ? 'SIGKILL' : 'SIGTERM')
      await start(ports[index] ?? 0)
    }
    const outcome = await load.stop()
    progress.say(`  ${outcome.requests} requests, ${outcome.failed} failed in one rolling restart and one SIGKILL\n`)
    return outcome
  } finally {
    await system.stop()
    await rm(system.folder, { recursive: true, force: true })
  }
}
