import type { Clock } from '../../core/clock.ts'

/**
 * Which data an engine has, as the newest set told. When the data was lost and began anew, what is absent may be about to register
 * again: for `settleMs` no set is settled then.
 */
export class EngineEpochs {
  readonly #clock: Clock
  readonly #settleMs: number
  readonly #onLoss: () => void
  #epoch: string | undefined
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
    if (epoch === this.#epoch) return
    const isLoss = this.#epoch !== undefined
    this.#epoch = epoch
    if (!isLoss) return
    this.#settledAt = this.#clock.now() + this.#settleMs
    this.#onLoss()
  }
}
