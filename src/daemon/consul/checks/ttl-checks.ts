import type { Clock } from '../../../core/clock.ts'
import { Deadlines, type Due } from '../../../discovery/store/deadlines.ts'

/** One check that has to be heard of. */
export interface TtlCheck extends Due {
  readonly checkId: string
  readonly ttlMs: number
  expiresAt: number
  /** How long this process stood still, in all, since it was last told: it is given no more when that is a whole TTL. */
  excusedMs: number
}

/** All the checks that live by being told: each is due when its TTL has passed since it was last told. Telling costs one assignment. */
export class TtlChecks {
  readonly #clock: Clock
  readonly #checks = new Map<string, TtlCheck>()
  readonly #deadlines: Deadlines<TtlCheck>

  constructor(clock: Clock, onExpired: (checkId: string) => void) {
    this.#clock = clock
    this.#deadlines = new Deadlines(clock, {
      onDue: check => {
        if (check.expiresAt > clock.now()) this.#deadlines.watch(check, check.expiresAt)
        else onExpired(check.checkId)
      },
      onPause: pausedMs => {
        for (const check of this.#checks.values()) excuse(check, pausedMs)
      },
    })
  }

  has(checkId: string): boolean {
    return this.#checks.has(checkId)
  }

  get count(): number {
    return this.#checks.size
  }

  /** Begins to count; anew if there is such a check. */
  start(checkId: string, ttlMs: number): void {
    this.stop(checkId)
    const check = { checkId, ttlMs, expiresAt: this.#clock.now() + ttlMs, excusedMs: 0, dueAt: Infinity }
    this.#checks.set(checkId, check)
    this.#deadlines.watch(check, check.expiresAt)
  }

  /** It was heard of. Returns whether there is such a check. */
  heard(checkId: string): boolean {
    const check = this.#checks.get(checkId)
    if (!check) return false
    check.expiresAt = this.#clock.now() + check.ttlMs
    check.excusedMs = 0
    if (check.dueAt === Infinity) this.#deadlines.watch(check, check.expiresAt)
    return true
  }

  stop(checkId: string): void {
    const check = this.#checks.get(checkId)
    if (!check) return
    this.#checks.delete(checkId)
    this.#deadlines.forget(check)
  }

  close(): void {
    this.#deadlines.close()
  }
}

function excuse(check: TtlCheck, pausedMs: number): void {
  if (check.excusedMs >= check.ttlMs) return
  check.excusedMs += pausedMs
  check.expiresAt += pausedMs
}
