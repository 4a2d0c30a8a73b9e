import type { CheckStatus } from '../state/rows.ts'

/** After how many findings of a kind in a row a check is of that kind. 0 and 1 are at once. */
export interface ThresholdsInit {
  readonly successBeforePassing: number
  readonly failuresBeforeCritical: number
}

/** Damps a check whose findings go back and forth. A critical finding that does not count yet leaves the check as it is. */
export class Thresholds {
  readonly #init: ThresholdsInit
  #successes = 0
  #failures = 0

  constructor(init: ThresholdsInit) {
    this.#init = init
  }

  /** Counts a finding; whether it counts. */
  admits(status: CheckStatus): boolean {
    const { successBeforePassing, failuresBeforeCritical } = this.#init
    if (status === 'critical') {
      this.#successes = 0
      return ++this.#failures >= failuresBeforeCritical
    }
    this.#failures = 0
    return ++this.#successes >= successBeforePassing
  }
}
