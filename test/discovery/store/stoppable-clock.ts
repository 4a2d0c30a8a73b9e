import type { Clock, Timer } from '../../../src/core/clock.ts'

/** The clock of a process that can be stopped, with room for one timer: what comes due meanwhile is run when it goes on. */
export class StoppableClock implements Clock {
  #now = 0
  #timer: { at: number; run: () => void } | undefined

  now = () => this.#now
  wallTime = () => this.#now

  schedule(delayMs: number, run: () => void): Timer {
    const timer = { at: this.#now + delayMs, run }
    this.#timer = timer
    return { cancel: () => this.#timer === timer && (this.#timer = undefined) }
  }

  run(ms: number): void {
    const end = this.#now + ms
    for (let timer = this.#timer; timer && timer.at <= end; timer = this.#timer) {
      this.#now = timer.at
      this.#fire(timer.run)
    }
    this.#now = end
  }

  /** Something may be heard before the timer is run. */
  stop(ms: number, hear?: () => void): void {
    this.#now += ms
    hear?.()
    if (this.#timer && this.#timer.at <= this.#now) this.#fire(this.#timer.run)
  }

  #fire(run: () => void): void {
    this.#timer = undefined
    run()
  }
}
