import { sleep } from '../../core/abort.ts'
import type { Clock } from '../../core/clock.ts'
import type { ConsulAgent } from './agent.ts'
import type { ConsulClient } from './client.ts'
import type { ConsulAnswer } from './request.ts'

/** What a claim shows of itself. */
export interface WatchedClaim {
  /** Where the agent shows what the claim wrote. */
  readonly path: readonly string[]
  /** Whether an answer for `path` shows it. */
  isIn(answer: ConsulAnswer): boolean
  /** Notes that it is gone. */
  lose(): void
}

/** How many claims of a process are watched at most: each takes a connection to the agent. */
const WATCHES_MAX = 16

/** After how long a watch that failed is opened again, in milliseconds. */
const REOPEN_MS = 1_000

/**
 * Watches at the agent whether claims are still there, so that an instance which somebody deregistered registers again at once and not
 * with the next renewal. For the first few of a process only, which has one usually; renewals find out for all.
 */
export class ClaimWatches {
  readonly #client: ConsulClient
  readonly #clock: Clock
  #open = 0

  constructor(client: ConsulClient, clock: Clock) {
    this.#client = client
    this.#clock = clock
  }

  /** Watches `claim` at `agent` until `signal` aborts or the claim is gone. */
  watch(claim: WatchedClaim, agent: ConsulAgent, signal: AbortSignal): void {
    if (this.#open >= WATCHES_MAX) return
    this.#open++
    void this.#run(claim, agent, signal).finally(() => this.#open--)
  }

  async #run(claim: WatchedClaim, agent: ConsulAgent, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.#untilGone(claim, agent, signal)
        return
      } catch {
        // The agent cannot be reached: renewals tell of that.
        await sleep(this.#clock, REOPEN_MS, { signal }).catch(() => {})
      }
    }
  }

  async #untilGone(claim: WatchedClaim, agent: ConsulAgent, signal: AbortSignal): Promise<void> {
    for await (const answer of this.#client.follow({ path: claim.path }, { agent, signal })) {
      signal.throwIfAborted()
      if (!claim.isIn(answer)) return claim.lose()
    }
  }
}
