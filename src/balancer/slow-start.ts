import { type Clock, systemClock } from '../core/clock.ts'
import type { Candidate } from './candidate.ts'

/** How long an Instance is spared where nothing else is said, in milliseconds. */
export const SLOW_START_MS = 10_000

/** How long an Instance takes to get warm. */
export interface SlowStartOptions {
  /** In milliseconds, up to a day. 0: nobody is spared. Default: `SLOW_START_MS`. */
  windowMs?: number
  clock?: Clock
}

/** The parts a weight is divided into: so few that schedules of weighted slots stay short. */
const TENTHS = 10

/** At most every third part of the whole is withheld: nobody gets more than half as much again as without slow start. */
const WITHHELD_PART = 3

const WINDOW_MS_MAX = 86_400_000

/**
 * Spares Instances that have just started, whose code is not compiled and whose caches are empty. What counts is how much *younger* an
 * Instance is than the oldest of those beside it: those that start together share as ever, and one alone gets everything. With `left`,
 * the time until it is warm (`window` − age, not below 0), in tenths of its weight:
 *
 *     missing = min(9, ⌊10 · (left − least left) / window⌋)
 *     share   = 10 − ⌊missing · min(1, 10 · Σ weight / (3 · Σ weight·missing))⌋
 *
 * The second line keeps few old Instances from bearing the work of many new ones: at most a third of the whole is withheld.
 *
 * How old an Instance is when it is first seen is what its `startedAt` says, which compares the wall clocks of two machines; from then
 * on this caller's own clock measures. So one whose clock is ahead is spared for `window` and no longer; one whose clock is behind is
 * spared for less, and one that does not say when it started not at all.
 * @see Envoy, "Slow start mode", whose weights depend on the age alone
 */
export class SlowStart {
  /** How often shares change while one is reduced, in milliseconds. */
  readonly stepMs: number
  readonly #windowMs: number
  readonly #clock: Clock
  /** Those that are not warm yet: kept here, so that a Candidate stays as small as a pick among very many wants it. */
  readonly #newcomers = new Map<Candidate, Newcomer>()

  constructor({ windowMs = SLOW_START_MS, clock = systemClock }: SlowStartOptions = {}) {
    this.#windowMs = Math.min(windowMs, WINDOW_MS_MAX)
    this.stepMs = this.#windowMs / TENTHS
    this.#clock = clock
  }

  /** `candidate` is seen for the first time since its Instance started. */
  seen(candidate: Candidate): void {
    const ageMs = Math.max(0, this.#clock.wallTime() - candidate.instance.startedAt)
    const leftMs = this.#windowMs - ageMs
    if (leftMs > 0) this.#newcomers.set(candidate, { warmAt: this.#clock.now() + leftMs, tenths: TENTHS })
    else this.#newcomers.delete(candidate)
  }

  /** `candidate` is gone. */
  forget(candidate: Candidate): void {
    this.#newcomers.delete(candidate)
  }

  /** Which part of its weight `candidate` is given: 0.1 to 1. */
  shareOf(candidate: Candidate): number {
    return (this.#newcomers.get(candidate)?.tenths ?? TENTHS) / TENTHS
  }

  /** Gives each of `candidates`, which are picked from together, the weight that is its own now. Tells whether one is reduced. */
  apply(candidates: readonly Candidate[]): boolean {
    const missing = this.#missing(candidates)
    const isReduced = missing.some(tenths => tenths > 0)
    const factor = isReduced ? factorOf(candidates, missing) : 0
    for (const [index, candidate] of candidates.entries()) {
      const tenths = isReduced ? TENTHS - Math.floor((missing[index] as number) * factor) : TENTHS
      candidate.weight = candidate.instance.weight * (isReduced ? tenths : 1)
      const newcomer = this.#newcomers.get(candidate)
      if (newcomer) newcomer.tenths = tenths
    }
    return isReduced
  }

  /** The tenths that each is to miss; none at all, which is the usual case, when all are warm. */
  #missing(candidates: readonly Candidate[]): number[] {
    const now = this.#clock.now()
    for (const [candidate, { warmAt }] of this.#newcomers) if (warmAt <= now) this.#newcomers.delete(candidate)
    if (this.#newcomers.size === 0) return []
    const left = candidates.map(candidate => (this.#newcomers.get(candidate)?.warmAt ?? now) - now)
    const least = left.reduce((one, other) => Math.min(one, other))
    return left.map(ms => Math.min(TENTHS - 1, Math.floor((TENTHS * (ms - least)) / this.#windowMs)))
  }
}

interface Newcomer {
  readonly warmAt: number
  tenths: number
}

/** By how much less is to be missing, so that it is at most a third of the whole. */
function factorOf(candidates: readonly Candidate[], missing: readonly number[]): number {
  let whole = 0
  let withheld = 0
  for (const [index, { instance }] of candidates.entries()) {
    whole += instance.weight * TENTHS
    withheld += instance.weight * (missing[index] as number)
  }
  return withheld * WITHHELD_PART > whole ? whole / (withheld * WITHHELD_PART) : 1
}
