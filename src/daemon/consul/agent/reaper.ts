import type { Clock, Timer } from '../../../core/clock.ts'
import type { Agent } from './agent.ts'

/** How often it looks. */
const SWEEP_MS = 15_000

/** A service is not taken out sooner than this. */
const AFTER_MS_MIN = 60_000

const NS_PER_MS = 1e6

/** Takes out the services whose checks have been critical for as long as they said themselves (`DeregisterCriticalServiceAfter`). */
export class Reaper {
  readonly #clock: Clock
  readonly #agent: Agent
  readonly #onReaped: (serviceId: string) => void
  readonly #criticalSince = new Map<string, number>()
  #timer: Timer

  constructor(clock: Clock, { agent, onReaped }: { agent: Agent; onReaped: (serviceId: string) => void }) {
    this.#clock = clock
    this.#agent = agent
    this.#onReaped = onReaped
    this.#timer = this.#later()
  }

  close(): void {
    this.#timer.cancel()
  }

  #later(): Timer {
    return this.#clock.schedule(SWEEP_MS, () => {
      this.#sweep()
      this.#timer = this.#later()
    })
  }

  #sweep(): void {
    const now = this.#clock.now()
    const seen = new Set<string>()
    for (const { CheckID, ServiceID, Status } of this.#agent.checks()) {
      const afterNs = this.#agent.definitions.get(CheckID)?.fields.DeregisterCriticalServiceAfter ?? 0
      if (ServiceID === '' || Status !== 'critical' || afterNs <= 0) continue
      seen.add(CheckID)
      const since = this.#criticalSince.get(CheckID) ?? now
      this.#criticalSince.set(CheckID, since)
      if (now - since < Math.max(AFTER_MS_MIN, afterNs / NS_PER_MS)) continue
      this.#agent.deregisterService(ServiceID)
      this.#onReaped(ServiceID)
    }
    for (const checkId of this.#criticalSince.keys()) if (!seen.has(checkId)) this.#criticalSince.delete(checkId)
  }
}
