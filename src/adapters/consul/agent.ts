import { Pool } from 'undici'
import { timeLimit, type Abortable } from '../../core/abort.ts'
import type { Clock } from '../../core/clock.ts'
import type { Random } from '../../core/random.ts'
import { RegistryUnavailableError } from '../../discovery/errors.ts'
import { ConsulForbiddenError, ConsulRefusedError } from './errors.ts'
import { Exchange, type HttpAnswer } from './exchange.ts'
import { Heartbeat } from './heartbeat.ts'
import { nameOf, targetOf, type ConsulAnswer, type ConsulRequest } from './request.ts'
import type { ConsulTls } from './tls.ts'

/** One agent, and how to speak with it. */
export interface ConsulAgentOptions {
  /** `host:port`. */
  readonly authority: string
  readonly token: string | undefined
  readonly tls: ConsulTls | undefined
  /** Goes in the query of every request. */
  readonly common: string
  readonly clock: Clock
  readonly random: Random
  /** The longest wait for an answer, in milliseconds. */
  readonly attemptMs: number
}

/** The largest answer that is read: some 100,000 instances of one service. */
const ANSWER_BYTES_MAX = 256 * 1024 * 1024

/** Connections for requests that are answered at once; further ones queue. Consul takes 200 from one client unless told otherwise. */
const CONNECTIONS_MAX = 32

/** How long an unused connection stays open, in milliseconds. */
const IDLE_MS = 30_000

/**
 * How long the system waits on a silent connection before it asks whether the other side is still there, in milliseconds: what waits for
 * a change is silent, and firewalls forget it.
 */
const PROBE_MS = 5_000

const NOT_MADE = 409

/**
 * The HTTP API of one Consul agent. While questions wait there for a change, which may be for a minute, a small request now and then shows
 * whether the agent lives, can still be reached, and knows a leader; if not, everything that waits fails at once, and connections are made anew.
 * So it is when a request is met with silence: a beat may find a new connection, and say nothing of those that have died without a sign. A question
 * that its caller gives up before that is told is left under way until it is, for its connection may be the only one that can tell.
 */
export class ConsulAgent {
  /** For errors and events. */
  readonly url: string
  readonly #options: ConsulAgentOptions
  readonly #heartbeat: Heartbeat
  #calls: Pool
  #waits: Pool
  /** Whose last requests are under way. */
  readonly #former = new Set<Pool>()
  #isClosed = false

  constructor(options: ConsulAgentOptions) {
    this.#options = options
    this.url = `consul://${options.authority}`
    this.#calls = this.#pool(CONNECTIONS_MAX)
    this.#waits = this.#pool(null)
    const { clock, random } = options
    const beat = () => this.#beat()
    this.#heartbeat = new Heartbeat({ clock, random, beat, onMissed: error => void this.#reset(error) })
  }

  /**
   * Resolves with the answer. Rejects with `ConsulForbiddenError`, with `ConsulRefusedError`, with the signal's reason, and with
   * `RegistryUnavailableError` when there is no answer in time, or Consul says that it cannot answer now.
   */
  async call(request: ConsulRequest, { signal }: Abortable = {}): Promise<ConsulAnswer> {
    return this.#exchange(request, { pool: this.#calls, limitMs: this.#options.attemptMs, signal })
  }

  /** The same for a request that Consul answers after up to `limitMs`, on a connection of its own. */
  async wait(request: ConsulRequest, { limitMs, signal }: Abortable & { limitMs: number }): Promise<ConsulAnswer> {
    using _ = this.#heartbeat.hold()
    return await this.#exchange(request, { pool: this.#waits, limitMs, signal })
  }

  /** Closes every connection; what is under way fails. */
  async close(): Promise<void> {
    this.#isClosed = true
    this.#heartbeat.stop()
    await this.#destroy(new Error('closed'))
  }

  async #exchange(
    request: ConsulRequest,
    { pool, limitMs, signal }: Abortable & { pool: Pool; limitMs: number },
  ): Promise<ConsulAnswer> {
    const { clock, attemptMs } = this.#options
    using limit = timeLimit(clock, limitMs, { signal })
    // A write that is given up must not come late, after what takes it back.
    const lingerMs = pool === this.#calls && (request.method ?? 'GET') === 'GET' ? attemptMs / 2 : 0
    const exchange = new Exchange(limit.signal, { clock, bytesMax: ANSWER_BYTES_MAX, lingerMs })
    try {
      pool.dispatch(this.#dispatched(request), exchange)
      return this.#answer(request, await exchange.answer)
    } catch (error) {
      if (pool === this.#calls) void this.#judge(pool, exchange, error as Error)
      signal?.throwIfAborted()
      if (isTyped(error)) throw error
      throw new RegistryUnavailableError(this.url, { cause: error })
    }
  }

  #dispatched(request: ConsulRequest) {
    const { token, common } = this.#options
    const { method = 'GET', body } = request
    const text = body === undefined ? null : typeof body === 'string' ? body : JSON.stringify(body)
    const headers = token === undefined ? undefined : { 'x-consul-token': token }
    return { method, path: targetOf(request, common), body: text, ...(headers && { headers }) }
  }

  #answer(request: ConsulRequest, { status, headers, text }: HttpAnswer): ConsulAnswer {
    const isAnswer = status < 300 || status === 404 || status === NOT_MADE || request.accept?.test(text)
    if (!isAnswer) throw this.#refusal(request, { status, text })
    return { status, index: indexOf(headers['x-consul-index']), hash: textOf(headers['x-consul-contenthash']), text }
  }

  #refusal(request: ConsulRequest, { status, text }: { status: number; text: string }): Error {
    const refusal = { status, text, request: nameOf(request) }
    if (status === 403 || /Permission denied|ACL not found/.test(text)) return new ConsulForbiddenError(refusal)
    const error = new ConsulRefusedError(refusal)
    const isPassing = status >= 500 || status === 429
    return isPassing ? new RegistryUnavailableError(this.url, { cause: error }) : error
  }

  async #beat(): Promise<void> {
    const { text } = await this.call({ path: ['status', 'leader'] })
    if (text.trim() === '""') throw new RegistryUnavailableError(this.url, { cause: new Error('Consul has no leader') })
  }

  /** Whether a request that came to nothing was met with silence. */
  async #judge(pool: Pool, exchange: Exchange, error: Error): Promise<void> {
    await exchange.ended
    if (pool === this.#calls && exchange.silentMs >= this.#options.attemptMs / 2) await this.#doubt(error)
  }

  /** What waits would not hear of it if its connections were dead as well. Requests on others may yet be answered, and are left alone. */
  async #doubt(reason: Error): Promise<void> {
    if (this.#isClosed) return
    const [calls, waits] = [this.#calls, this.#waits]
    this.#calls = this.#pool(CONNECTIONS_MAX)
    this.#waits = this.#pool(null)
    this.#former.add(calls)
    await Promise.allSettled([waits.destroy(reason), calls.close()])
    this.#former.delete(calls)
  }

  async #reset(error: Error): Promise<void> {
    const destroyed = this.#destroy(error)
    this.#calls = this.#pool(CONNECTIONS_MAX)
    this.#waits = this.#pool(null)
    await destroyed
  }

  async #destroy(reason: Error): Promise<void> {
    const pools = [this.#calls, this.#waits, ...this.#former]
    await Promise.all(pools.map(pool => pool.destroy(reason)))
  }

  #pool(connections: number | null): Pool {
    const { authority, tls, attemptMs } = this.#options
    return new Pool(`${tls ? 'https' : 'http'}://${authority}`, {
      connections,
      pipelining: 1,
      keepAliveTimeout: IDLE_MS,
      headersTimeout: 0,
      bodyTimeout: 0,
      connect: { ...tlsOptions(tls), timeout: attemptMs, keepAliveInitialDelay: PROBE_MS },
    })
  }
}

function tlsOptions({ ca, cert, key, serverName }: ConsulTls = {}) {
  const given = { ca, cert, key, servername: serverName }
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
}

function isTyped(error: unknown): boolean {
  return (
    error instanceof ConsulRefusedError ||
    error instanceof ConsulForbiddenError ||
    error instanceof RegistryUnavailableError
  )
}

function indexOf(value: string | string[] | undefined): number | undefined {
  return typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : undefined
}

function textOf(value: string | string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined
}
