import type { EtcdClient } from './client.ts'

/** etcd takes at most so many steps in a transaction, as it comes. */
const KEYS_MAX = 128

interface Check {
  readonly key: string
  readonly lease: PromiseWithResolvers<string | undefined>
}

/** Asks on which lease keys stand, all that is asked for in one turn together: a process with many instances renews them together. */
export class KeyChecks {
  readonly #client: EtcdClient
  #checks: Check[] = []

  constructor(client: EtcdClient) {
    this.#client = client
  }

  /** The lease that `key` stands on; undefined if there is no such key. */
  async leaseOf(key: string): Promise<string | undefined> {
    if (this.#checks.length === 0) queueMicrotask(() => this.#ask())
    const lease = Promise.withResolvers<string | undefined>()
    this.#checks.push({ key, lease })
    return lease.promise
  }

  #ask(): void {
    const checks = this.#checks
    this.#checks = []
    for (let at = 0; at < checks.length; at += KEYS_MAX) void this.#askFor(checks.slice(at, at + KEYS_MAX))
  }

  async #askFor(checks: readonly Check[]): Promise<void> {
    try {
      const success = checks.map(({ key }) => ({ request_range: { key, keys_only: true } }))
      const { responses = [] } = await this.#client.txn({ success })
      for (const [at, { lease }] of checks.entries()) lease.resolve(responses[at]?.response_range?.kvs?.[0]?.lease)
    } catch (error) {
      for (const { lease } of checks) lease.reject(error)
    }
  }
}
