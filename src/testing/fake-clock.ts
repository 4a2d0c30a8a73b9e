import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Clock, Timer } from '../core/clock.ts'

/** The moment a FakeClock's wall shows unless told otherwise: 2026-01-01 00:00 UTC. */
const WALL_TIME_START = Date.UTC(2026, 0, 1)

/** Turns of the event loop that count as settled: enough for chains of promises, streams and immediates that wait for each other. */
const SETTLING_TURNS = 3

/**
 * A Clock that stands still until a test turns it. `now()` starts at 0. Sockets, files and child processes keep to real time: a test
 * that uses them polls for what they bring.
 */
export class FakeClock implements Clock {
  #now = 0
  #wallTimeAtZero: number
  /** In the order in which they are due; those due together in the order they were scheduled. */
  readonly #waiting: FakeTimer[] = []
  #scheduled = 0

  constructor({ wallTime = WALL_TIME_START }: { wallTime?: number } = {}) {
    this.#wallTimeAtZero = wallTime
  }

  now(): number {
    return this.#now
  }

  wallTime(): number {
    return this.#wallTimeAtZero + this.#now
  }

  schedule(delayMs: number, callback: () => void): Timer {
    const timer = { dueMs: this.#now + Math.max(0, delayMs), number: this.#scheduled++, callback }
    this.#waiting.splice(this.#placeOf(timer), 0, timer)
    return { cancel: () => this.#remove(timer) }
  }

  /** How many callbacks wait for their moment: 0 when nothing leaks. */
  get pending(): number {
    return this.#waiting.length
  }

  /** In how many milliseconds the next callback is due; undefined when none waits. */
  get nextDelayMs(): number | undefined {
    const next = this.#waiting[0]
    return next && next.dueMs - this.#now
  }

  /**
   * Turns the clock by `ms` and runs what comes due on the way, each callback at its own moment and in order. Before the first and after
   * each, everything that can go on without the clock does so; what it schedules within the time runs as well. 0 runs what is due now.
   */
  async advance(ms: number): Promise<void> {
    const endMs = this.#now + ms
    await this.settle()
    for (let timer = this.#waiting[0]; timer && timer.dueMs <= endMs; timer = this.#waiting[0]) {
      this.#now = Math.max(this.#now, timer.dueMs)
      this.#remove(timer)
      timer.callback()
      await nextTurn()
    }
    this.#now = endMs
    await this.settle()
  }

  /** Lets everything that can go on without the clock do so. */
  async settle(): Promise<void> {
    for (let turn = 0; turn < SETTLING_TURNS; turn++) await nextTurn()
  }

  /** Sets the wall's time alone forward (or back), as an operator or NTP does; nothing comes due by it. */
  jumpWallTime(ms: number): void {
    this.#wallTimeAtZero += ms
  }

  #remove(timer: FakeTimer): void {
    const index = this.#placeOf(timer)
    if (this.#waiting[index] === timer) this.#waiting.splice(index, 1)
  }

  /** Where it is, or is to be, found by halving: tests keep tens of thousands waiting, many of them for the same moment. */
  #placeOf(timer: FakeTimer): number {
    let low = 0
    let high = this.#waiting.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (isBefore(this.#waiting[middle] as FakeTimer, timer)) low = middle + 1
      else high = middle
    }
    return low
  }
}

interface FakeTimer {
  readonly dueMs: number
  readonly number: number
  readonly callback: () => void
}

function isBefore(one: FakeTimer, other: FakeTimer): boolean {
  return one.dueMs < other.dueMs || (one.dueMs === other.dueMs && one.number < other.number)
}
