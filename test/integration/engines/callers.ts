import { setTimeout as delay } from 'node:timers/promises'
import type { Client } from '../../../src/client/client.ts'

const CALLERS = 4
const PAUSE_MS = 20

/** Calls `users` by name all the time, until it is stopped, and counts. */
export class Callers {
  succeeded = 0
  readonly failures: unknown[] = []
  readonly #stopping = new AbortController()
  readonly #running: Promise<unknown>

  constructor(client: Client) {
    this.#running = Promise.all(Array.from({ length: CALLERS }, () => this.#run(client)))
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#running
  }

  async #run(client: Client): Promise<void> {
    const { signal } = this.#stopping
    while (!signal.aborted) {
      try {
        const { body } = await client.request('http://users/')
        await body.dump()
        this.succeeded++
      } catch (error) {
        this.failures.push(error)
      }
      await delay(PAUSE_MS, undefined, { signal }).catch(() => {})
    }
  }
}
