import { sleep, type Abortable } from '../../core/abort.ts'
import type { Clock } from '../../core/clock.ts'
import type { Random } from '../../core/random.ts'
import type { ConsulClient } from './client.ts'
import { CONSISTENT, contentOf } from './request.ts'

/** What a ConsulSession is made of. */
export interface ConsulSessionOptions {
  readonly client: ConsulClient
  readonly clock: Clock
  readonly random: Random
  /** For people. */
  readonly name: string
  /** Consul ends it between once and twice this time after it was renewed last, in milliseconds; at least 10,000. */
  readonly ttlMs: number
}

interface OpenSession {
  readonly id: string
  readonly ended: AbortController
}

/** How long to wait before a renewal that failed is tried again, in milliseconds. */
const RETRY_MS = 1_000

/**
 * One session of Consul for all that this process keeps in its key/value store, made with the first use and renewed from then on. Keys that it holds
 * are deleted when it ends. A session that Consul has ended, because this process was stopped for too long or Consul lost its data, is
 * replaced by another with the next use.
 */
export class ConsulSession {
  readonly #options: ConsulSessionOptions
  readonly #closing = new AbortController()
  #opening: Promise<OpenSession> | undefined
  #open: OpenSession | undefined

  constructor(options: ConsulSessionOptions) {
    this.#options = options
  }

  /** Its id, for writes. */
  async id(options: Abortable): Promise<string> {
    return (await this.#opened(options)).id
  }

  /** Aborts when the session that there is now ends before its time; undefined when there is none. */
  get ended(): AbortSignal | undefined {
    return this.#open?.ended.signal
  }

  /** Notes that Consul does not know this session any more. */
  forget(id: string): void {
    if (this.#open?.id !== id) return
    this.#open.ended.abort(new Error(`Consul has ended the session ${id}`))
    this.#open = undefined
  }

  /** Ends it, and with it every key that it holds. */
  async destroy(options: Abortable): Promise<void> {
    this.#closing.abort()
    const id = this.#open?.id
    if (id !== undefined) await this.#options.client.call(put('destroy', id), options)
    this.#open = undefined
  }

  /** One is made at a time, whoever asks: the first who asks sets the limit, so others try again when that one has given up. */
  async #opened(options: Abortable): Promise<OpenSession> {
    while (!this.#open) {
      options.signal?.throwIfAborted()
      const isMine = !this.#opening
      this.#opening ??= this.#create(options).finally(() => (this.#opening = undefined))
      if (isMine) return this.#opening
      await this.#opening.catch(() => {})
    }
    return this.#open
  }

  async #create(options: Abortable): Promise<OpenSession> {
    const { client, name, ttlMs } = this.#options
    const body = { Name: name, TTL: `${ttlMs}ms`, LockDelay: '0s', Behavior: 'delete', NodeChecks: [] }
    const answer = await client.call({ method: 'PUT', path: ['session', 'create'], body }, options)
    const open = { id: (contentOf(answer) as { ID: string }).ID, ended: new AbortController() }
    this.#open = open
    this.#keepUp(open).catch(() => {})
    return open
  }

  /** Renews it at a third of its time until it ends or is destroyed. */
  async #keepUp({ id, ended }: OpenSession): Promise<void> {
    const { clock, random, ttlMs } = this.#options
    const signal = AbortSignal.any([this.#closing.signal, ended.signal])
    let waitMs = 0
    for (;;) {
      await sleep(clock, waitMs || (ttlMs / 3) * (0.8 + 0.2 * random.next()), { signal })
      waitMs = (await this.#renew(id, signal)) ? 0 : RETRY_MS
    }
  }

  /** A server that has just become the leader says of any session that there is none. */
  async #exists(id: string, signal: AbortSignal): Promise<boolean> {
    const request = { path: ['session', 'info', id], query: CONSISTENT }
    const found = contentOf(await this.#options.client.call(request, { signal })) as readonly unknown[] | null
    return (found?.length ?? 0) > 0
  }

  async #renew(id: string, signal: AbortSignal): Promise<boolean> {
    try {
      const { status } = await this.#options.client.call(put('renew', id), { signal })
      if (status === 404 && !(await this.#exists(id, signal))) this.forget(id)
      return true
    } catch {
      // Whatever it was, it is tried again; what waits for Consul learns of it by itself.
      return false
    }
  }
}

function put(action: string, id: string) {
  return { method: 'PUT', path: ['session', action, id] } as const
}
