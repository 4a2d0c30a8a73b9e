import type { Abortable } from '../../core/abort.ts'
import { systemClock, type Clock } from '../../core/clock.ts'
import { systemRandom, type Random } from '../../core/random.ts'
import { RegistryUnavailableError } from '../../discovery/errors.ts'
import { ConsulAgent } from './agent.ts'
import { blockingQuery, type BlockingAnswer, type Position } from './blocking-query.ts'
import { Pace } from './pace.ts'
import { CONSISTENT, type ConsulAnswer, type ConsulRequest } from './request.ts'
import type { ConsulTls } from './tls.ts'

/** Which Consul, and how to deal with it. */
export interface ConsulClientOptions {
  /** The agents as `host:port`, the preferred one first. Default: 127.0.0.1:8500. */
  readonly addresses?: readonly string[] | undefined
  /** Sent in a header with every request. Default: none. */
  readonly token?: string | undefined
  /** Default: that of the agent. */
  readonly datacenter?: string | undefined
  /** Of Consul Enterprise. Default: that of the token. */
  readonly namespace?: string | undefined
  /** Default: plain HTTP. */
  readonly tls?: ConsulTls | undefined
  readonly clock?: Clock | undefined
  readonly random?: Random | undefined
  /** The longest wait for one agent's answer, in milliseconds. Default 5,000; with several agents 2,000, so that there is time for another. */
  readonly attemptMs?: number | undefined
  /** How long a question waits for a change before it is asked again, in milliseconds; Consul adds up to a sixteenth. Default 60,000. */
  readonly waitMs?: number | undefined
}

/** How long an answer may be on its way beyond the wait that was asked for, in milliseconds; no longer than that itself. */
const LATE_MS_MAX = 10_000

/** How quickly one may ask again after a change: often in a row, and 100 times a second for ever. */
const PACE = { burst: 100, everyMs: 10 }

/**
 * Speaks HTTP with Consul, through one agent as long as that answers; when it cannot be reached, through the next, and stays there. What
 * belongs to one agent (the services registered with it, their checks) is asked of `agent`.
 */
export class ConsulClient {
  readonly #agents: readonly ConsulAgent[]
  readonly #clock: Clock
  readonly #random: Random
  readonly #waitMs: number
  #current = 0

  constructor(options: ConsulClientOptions = {}) {
    const { addresses = ['127.0.0.1:8500'], clock = systemClock, random = systemRandom, waitMs = 60_000 } = options
    const { token, tls, attemptMs = addresses.length > 1 ? 2_000 : 5_000 } = options
    const common = commonQuery(options)
    this.#clock = clock
    this.#random = random
    this.#waitMs = waitMs
    this.#agents = addresses.map(
      authority => new ConsulAgent({ authority, token, tls, common, clock, random, attemptMs }),
    )
  }

  /** All agents, for errors and events; without the token. */
  get url(): string {
    return `consul://${this.#agents.map(({ url }) => url.slice('consul://'.length)).join(',')}`
  }

  /** The agent that is asked at present. */
  get agent(): ConsulAgent {
    return this.#agents[this.#current] as ConsulAgent
  }

  /** Asks the present agent, and if that cannot be reached each other one once. Rejects as `ConsulAgent` does. */
  async call(request: ConsulRequest, options: Abortable = {}): Promise<ConsulAnswer> {
    return this.#withFailover(agent => agent.call(request, options))
  }

  /**
   * What there is at once, then what there is after each change (see `blockingQuery`), coalesced while the reader is busy. Throws when the
   * agent is lost, and with it all others: open it again. With `agent`, that one alone is asked.
   */
  follow(
    request: ConsulRequest,
    { agent, signal }: Abortable & { agent?: ConsulAgent } = {},
  ): AsyncGenerator<BlockingAnswer, void, void> {
    const [clock, random] = [this.#clock, this.#random]
    const ask = (position: Position, call: Abortable) => {
      const waitMs = Math.round(this.#waitMs * (0.9 + 0.1 * random.next()))
      const isFirst = position['index'] === undefined
      const query = { ...request.query, ...position, ...(isFirst && CONSISTENT), wait: `${waitMs}ms` }
      const limits = { limitMs: waitMs + waitMs / 16 + Math.min(waitMs, LATE_MS_MAX), ...call }
      const wait = (which: ConsulAgent) => which.wait({ ...request, query }, limits)
      return agent ? wait(agent) : this.#withFailover(wait)
    }
    return blockingQuery({ ask, clock, random, pace: new Pace({ clock, ...PACE }) }, { signal })
  }

  /** Closes every connection. What is under way fails. */
  async close(): Promise<void> {
    await Promise.all(this.#agents.map(agent => agent.close()))
  }

  async #withFailover<T>(ask: (agent: ConsulAgent) => Promise<T>): Promise<T> {
    for (let failures = 1; ; failures++) {
      const at = this.#current
      try {
        return await ask(this.#agents[at] as ConsulAgent)
      } catch (error) {
        if (!(error instanceof RegistryUnavailableError)) throw error
        if (this.#current === at) this.#current = (at + 1) % this.#agents.length
        if (failures >= this.#agents.length) throw error
      }
    }
  }
}

function commonQuery({ datacenter, namespace }: ConsulClientOptions): string {
  const query = new URLSearchParams()
  if (datacenter !== undefined) query.set('dc', datacenter)
  if (namespace !== undefined) query.set('ns', namespace)
  return query.toString()
}
