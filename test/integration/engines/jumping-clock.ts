import { type Clock, systemClock, type Timer } from '../../../src/core/clock.ts'

/** The machine's clock, that can be set forward: what is due by then happens at once, as when a machine wakes up. */
export class JumpingClock implements Clock {
  #aheadMs = 0
  readonly #waiting = new Set<JumpingTimer>()

  now(): number {
    return systemClock.now() + this.#aheadMs
  }

  wallTime(): number {
    return systemClock.wallTime() + this.#aheadMs
  }

  schedule(delayMs: number, callback: () => void): Timer {
    const run = () => {
      this.#waiting.delete(waiting)
      callback()
    }
    const waiting: JumpingTimer = { dueMs: this.now() + delayMs, run, timer: systemClock.schedule(delayMs, run) }
    this.#waiting.add(waiting)
    return {
      cancel: () => {
        this.#waiting.delete(waiting)
        waiting.timer.cancel()
      },
    }
  }

  jump(ms: number): void {
    this.#aheadMs += ms
    const waiting = [...this.#waiting].toSorted((one, other) => one.dueMs - other.dueMs)
    for (const each of waiting) {
      each.timer.cancel()
      each.timer = systemClock.schedule(each.dueMs - this.now(), each.run)
    }
  }
}

interface JumpingTimer {
  readonly dueMs: number
  readonly run: () => void
  timer: Timer
}
