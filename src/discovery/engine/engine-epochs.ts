import type { Clock } from '../../core/clock.ts'

/**
 * Which data an engine has, as the newest set told, and whether its word is enough for an absence. What is absent may be about to
 * register again when the data was lost and began anew, and when the engine was out of reach, maybe for others too, whose leases
 * lapsed as nobody could renew them: for `settleMs` no set is settled then.
 */
export class EngineEpochs {
  readonly #clock: Clock
  readonly #settleMs: number
  readonly #onLoss: () => void
  #epoch: string | undefined
  #isLost = false
  #settledAt = 0

  constructor({ clock, settleMs, onLoss }: { clock: Clock; settleMs: number; onLoss: () => void }) {
    this.#clock = clock
    this.#settleMs = settleMs
    this.#onLoss = onLoss
  }

  /** In how many milliseconds sets are settled; 0 when they are. */
  get unsettledMs(): number {
    return Math.max(0, this.#settledAt - this.#clock.now())
  }

  /** Something of `epoch` was told. */
  saw(epoch: string): void {
    const before = this.#epoch
    const isOther = before !== undefined && epoch !== before
    if (isOther || this.#isLost) this.#settledAt = this.#clock.now() + this.#settleMs
    this.#epoch = epoch
    this.#isLost = false
    if (isOther) this.#onLoss()
  }

  /** A set that was told is not kept up to date any more: the engine is out of reach. */
  lost(): void {
    this.#isLost = true
  }
}
