import type { Clock, Timer } from '../../core/clock.ts'
import { publish } from '../../core/event.ts'
import type { Claim } from './owner.ts'
import { RecentCount } from './recent-count.ts'
import type { Verdict } from './verdict.ts'

/** When leases that would lapse are kept. All fields have defaults. */
export interface PreservationOptions {
  /** They are kept when more than this share of all leases is missing, from 0 to 1. Default 0.15. */
  readonly share?: number | undefined
  /** Fewer than this many are let go, whatever share of all they are. Default 10. */
  readonly missingMin?: number | undefined
  /** For how long, in milliseconds, a lease that has lapsed counts as missing. Default 60,000. */
  readonly windowMs?: number | undefined
  /** No more than the share has to be missing for this long, in milliseconds, before what is kept is let go. Default 10,000. */
  readonly calmMs?: number | undefined
  /** The longest any lease is kept, in milliseconds. Default 600,000. */
  readonly keptMsMax?: number | undefined
}

/** What there is of leases: all of them, and those of which there is no sign of life just now. */
export interface LeaseCounts {
  readonly leases: number
  readonly missing: number
}

/** How a registry that preserves itself is, for people and metrics. */
export interface PreservationState extends LeaseCounts {
  readonly share: number
  /** How many are kept that would have lapsed. While there are any, the registry preserves itself. */
  readonly kept: number
  /** How many have lapsed within the window. */
  readonly lapsed: number
  /** Since when it preserves itself, in milliseconds since 1970; absent while it does not. */
  readonly since?: number
}

/** What a Preservation works with. */
export interface PreservationInit extends PreservationOptions {
  readonly clock: Clock
  readonly counts: () => LeaseCounts
  /** Called with what is let go because things are calm again: judge it anew. */
  readonly onRelease: (claims: readonly Claim[]) => void
}

/** How often it is looked whether things are calm again. */
const TICK_MS = 1_000

/**
 * Self-preservation: when very many leases lapse at once, it is more likely that the registry cannot hear than that all their processes have
 * died. With m leases that are missing just now (`suspect`, `late`, not confirmed since a restart) and l that have lapsed within the last minute, of n,
 * what would lapse is kept while
 *
 *     m + l ≥ missingMin   and   (m + l) ÷ (n + l) > share
 *
 * Kept means listed as `suspect`, which callers choose when nothing else is left: nothing is called that is likely to be dead while others live.
 * Who is heard again is as before. What is kept is let go when no more than the share was missing for `calmMs`, and each lease
 * after `keptMsMax` in any case. Never kept is what was draining, because it was about to leave, and what is vouched for.
 */
export class Preservation {
  readonly #init: PreservationInit
  readonly #share: number
  readonly #lapsed: RecentCount
  readonly #kept = new Map<Claim, number>()
  #since: number | undefined
  /** Since when no more than the share is missing. */
  #calmSince: number | undefined
  #ticking: Timer | undefined

  constructor(init: PreservationInit) {
    this.#init = init
    this.#share = init.share ?? 0.15
    this.#lapsed = new RecentCount(init.clock, init.windowMs ?? 60_000)
  }

  /** How it is now. */
  get state(): PreservationState {
    const { leases, missing } = this.#init.counts()
    const since = this.#since === undefined ? {} : { since: this.#since }
    return { share: this.#share, leases, missing, kept: this.#kept.size, lapsed: this.#lapsed.count, ...since }
  }

  /** Says whether a claim that has to go is kept, and until when at the longest. */
  review(claim: Claim, verdict: Verdict): Verdict {
    if (verdict.status !== 'gone') {
      this.forget(claim)
      return verdict
    }
    if (claim.drainRevision > 0 || claim.owner.kind === 'vouched') return verdict
    const now = this.#init.clock.now()
    const since = this.#kept.get(claim) ?? this.#keep(claim, now)
    const until = since + (this.#init.keptMsMax ?? 600_000)
    if (now < until) return { status: 'suspect', until }
    // What was kept in vain is no news: it must not keep others.
    if (!this.#kept.has(claim)) this.#lapsed.add()
    return verdict
  }

  /** The claim is heard of again, or gone. Harmless when it was not kept. */
  forget(claim: Claim): void {
    if (this.#kept.delete(claim) && this.#kept.size === 0) this.#end()
  }

  /** Lets time no longer change anything. */
  close(): void {
    this.#ticking?.cancel()
    this.#ticking = undefined
  }

  /** Since when the claim is kept; −∞ if it is not to be. */
  #keep(claim: Claim, now: number): number {
    if (!this.#isExceeded(claim)) return -Infinity
    this.#kept.set(claim, now)
    if (this.#kept.size === 1) this.#begin()
    return now
  }

  /** Whether too many are missing; `claim` is, whatever its status still says. */
  #isExceeded(claim?: Claim): boolean {
    const { leases, missing } = this.#init.counts()
    const lapsed = this.#lapsed.count
    const count = missing + lapsed + (claim && !isMissing(claim) ? 1 : 0)
    return count >= (this.#init.missingMin ?? 10) && count > this.#share * (leases + lapsed)
  }

  #begin(): void {
    this.#since = this.#init.clock.wallTime()
    this.#calmSince = undefined
    this.#tick()
    const percent = Math.round(this.#share * 100)
    const message = `More than ${percent} % of all leases are missing: what would lapse is kept, as suspect`
    publish('daemon', { level: 'warn', event: 'preservation.began', message, ...this.state })
  }

  #end(): void {
    this.close()
    this.#since = undefined
    const message = 'Nothing is kept any more that would have lapsed: leases lapse as they should'
    publish('daemon', { level: 'info', event: 'preservation.ended', message, ...this.state })
  }

  #tick(): void {
    this.#ticking = this.#init.clock.schedule(TICK_MS, () => {
      this.#tick()
      this.#look()
    })
  }

  #look(): void {
    const now = this.#init.clock.now()
    if (this.#isExceeded()) this.#calmSince = undefined
    else this.#calmSince ??= now
    if (this.#calmSince === undefined || now - this.#calmSince < (this.#init.calmMs ?? 10_000)) return
    const released = [...this.#kept.keys()]
    for (const claim of released) this.#kept.set(claim, -Infinity)
    this.#init.onRelease(released)
  }
}

/** Whether a claim shows no sign of life just now. */
export function isMissing({ instance: { status } }: Pick<Claim, 'instance'>): boolean {
  return status === 'suspect' || status === 'late' || status === 'unconfirmed'
}
