import type { Clock, Timer } from '../core/clock.ts'

/** What a Settling goes by. */
export interface SettlingInit {
  readonly clock: Clock
  /** In how many milliseconds what is absent is gone for sure; 0 when it is. */
  readonly unsettledMs: () => number
  /** Called when that time is over. */
  readonly onSettled: () => void
}

/** Whether the sets of one watch are settled, where that is a question of time. */
export class Settling {
  readonly #init: SettlingInit
  #timer: Timer | undefined

  constructor(init: SettlingInit) {
    this.#init = init
  }

  /** Whether they are now; if not, `onSettled` is called once they are. */
  look(): boolean {
    this.cancel()
    const unsettledMs = this.#init.unsettledMs()
    if (unsettledMs === 0) return true
    this.#timer = this.#init.clock.schedule(unsettledMs, () => {
      this.#timer = undefined
      if (this.look()) this.#init.onSettled()
    })
    return false
  }

  /** Calls nobody until it is looked at again. */
  cancel(): void {
    this.#timer?.cancel()
    this.#timer = undefined
  }
}
