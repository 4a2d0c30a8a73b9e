import type { Clock } from '../../core/clock.ts'

const SLOTS = 60

/** Counts what happened within the last `windowMs` milliseconds, to a sixtieth of them, in the same small space however much that is. */
export class RecentCount {
  readonly #clock: Clock
  readonly #slotMs: number
  readonly #slots = new Uint32Array(SLOTS)
  /** The number of the slot that is being counted in, from the clock's beginning. */
  #slot = 0
  #count = 0

  constructor(clock: Clock, windowMs: number) {
    this.#clock = clock
    this.#slotMs = windowMs / SLOTS
  }

  get count(): number {
    this.#turn()
    return this.#count
  }

  /** It happened, now. */
  add(): void {
    this.#turn()
    const at = this.#slot % SLOTS
    this.#slots[at] = (this.#slots[at] ?? 0) + 1
    this.#count++
  }

  /** Forgets what is too long ago. */
  #turn(): void {
    const slot = Math.floor(this.#clock.now() / this.#slotMs)
    const passed = Math.min(slot - this.#slot, SLOTS)
    for (let ago = 0; ago < passed; ago++) {
      const at = (slot - ago) % SLOTS
      this.#count -= this.#slots[at] ?? 0
      this.#slots[at] = 0
    }
    this.#slot = slot
  }
}
