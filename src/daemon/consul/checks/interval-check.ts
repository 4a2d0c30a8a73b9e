import { timeLimit } from '../../../core/abort.ts'
import type { Clock, Timer } from '../../../core/clock.ts'
import type { Random } from '../../../core/random.ts'
import type { Finding, Probe } from './probe.ts'
import { critical } from './probe.ts'

/** How a probe is repeated. */
export interface IntervalCheckInit {
  readonly clock: Clock
  readonly random: Random
  readonly probe: Probe
  readonly intervalMs: number
  readonly timeoutMs: number
  readonly onFinding: (finding: Finding) => void
}

/** Looks again and again: first within one interval, at a moment left to chance, so that many checks spread; then an interval after each look. */
export class IntervalCheck {
  readonly #init: IntervalCheckInit
  readonly #stopping = new AbortController()
  #timer: Timer

  constructor(init: IntervalCheckInit) {
    this.#init = init
    this.#timer = init.clock.schedule(init.random.next() * init.intervalMs, () => void this.#look())
  }

  stop(): void {
    this.#stopping.abort()
    this.#timer.cancel()
  }

  async #look(): Promise<void> {
    const { clock, intervalMs, timeoutMs, probe, onFinding } = this.#init
    using limit = timeLimit(clock, timeoutMs, { signal: this.#stopping.signal })
    const finding = await probe(limit.signal).catch((error: unknown) => critical(String(error)))
    if (this.#stopping.signal.aborted) return
    onFinding(finding)
    this.#timer = clock.schedule(intervalMs, () => void this.#look())
  }
}
