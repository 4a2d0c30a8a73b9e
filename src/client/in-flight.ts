import type { Clock, Timer } from '../core/clock.ts'

/** A request whose time is looked at. */
export interface Timed {
  /** Where it stands among those under way; only InFlight writes it. */
  place: number
  /** Does what its time demands. */
  checkTime(now: number): void
}

/**
 * The requests under way. Their times are looked at all together, a few times per limit, which costs a request much less than a timer
 * of its own; and each knows its place, which costs it less than a Set. A look that comes late, because this process was stopped or busy itself, is put off by one tick: what has arrived
 * meanwhile is read first, or the stall of the caller would be held against those it called.
 */
export class InFlight<T extends Timed> {
  readonly #clock: Clock
  readonly #tickMs: number
  readonly #members: T[] = []
  #timer: Timer | undefined
  #dueAt = 0
  #isPutOff = false
  #empty: PromiseWithResolvers<void> | undefined

  constructor({ clock, tickMs }: { clock: Clock; tickMs: number }) {
    this.#clock = clock
    this.#tickMs = tickMs
  }

  get size(): number {
    return this.#members.length
  }

  /** All of them, in no order. */
  get all(): readonly T[] {
    return [...this.#members]
  }

  add(member: T): void {
    member.place = this.#members.push(member) - 1
    if (this.#timer === undefined) this.#timer = this.#tick()
  }

  /** Harmless when it is not among them. */
  delete(member: T): void {
    if (this.#members[member.place] !== member) return
    const last = this.#members.pop() as T
    if (last !== member) {
      this.#members[member.place] = last
      last.place = member.place
    }
    if (this.#empty && this.#members.length === 0) this.#empty.resolve()
  }

  /** Resolves when there are none. */
  async settled(): Promise<void> {
    while (this.#members.length > 0) {
      this.#empty ??= Promise.withResolvers()
      await this.#empty.promise
      this.#empty = undefined
    }
  }

  #tick(): Timer {
    this.#dueAt = this.#clock.now() + this.#tickMs
    return this.#clock.schedule(this.#tickMs, () => this.#look())
  }

  #look(): void {
    const now = this.#clock.now()
    this.#isPutOff = !this.#isPutOff && now - this.#dueAt > this.#tickMs
    if (!this.#isPutOff) for (const member of this.all) member.checkTime(now)
    this.#timer = this.#members.length > 0 ? this.#tick() : undefined
  }
}
