import type { Instance } from '../instance.ts'
import type { DepartureCause } from './change.ts'

/**
 * What is known of an owner's life.
 *
 * - `connected`: its connection is open; only its heartbeat can be overdue.
 * - `disconnected`: its connection was lost without goodbye; it may resume within the grace.
 * - `timed`: it has no connection and lives by its heartbeat alone.
 * - `unconfirmed`: restored after a restart, not heard of since.
 * - `vouched`: somebody in the registry itself says that it lives, and will say when not.
 */
export type Presence = 'connected' | 'disconnected' | 'timed' | 'unconfirmed' | 'vouched'

/**
 * How an owner shows that it lives: by a connection and a heartbeat, by a heartbeat alone, or by the word of a part of the registry that
 * has its own signs, such as the checks of the Consul API. What that part holds is its own to keep: the journal has nothing of it.
 */
export type OwnerKind = 'session' | 'timed' | 'vouched'

/** Is told of a claim that goes without `revoke`, from inside the change: must neither throw nor change the Store. */
export type LossListener = (claim: Claim, cause: DepartureCause | 'replaced') => void

/** What is to be said of an owner. */
export interface OwnerInit {
  /** The same whenever the same process comes back. */
  readonly id: string
  /** For people. */
  readonly name: string
  readonly onLost?: LossListener
}

/** Somebody who holds instances: a process with its session, or a caller without one. Changed by `Leases` only. */
export class Owner {
  readonly id: string
  readonly kind: OwnerKind
  name: string
  presence: Presence
  onLost: LossListener
  /** When the last heartbeat came, on the Store's clock. */
  heardAt: number
  /** Since when it is disconnected or unconfirmed. */
  awaySince: number
  /** How long this very process stood still, in all, while it was silent or away: that time proves nothing, but not without end. */
  excusedMs = 0
  /** Whether any of its claims is `late`, or kept beyond its time, so that hearing of it changes something. */
  late = false
  /** When it is looked at next; belongs to `Deadlines`. */
  dueAt = Infinity
  readonly claims = new Set<Claim>()

  constructor({ id, name, onLost }: OwnerInit, { kind, now }: { kind: OwnerKind; now: number }) {
    this.id = id
    this.kind = kind
    this.name = name
    this.presence = PRESENT[kind]
    this.onLost = onLost ?? nothing
    this.heardAt = now
    this.awaySince = now
  }
}

/** The presence of an owner that is heard of. */
export const PRESENT: Readonly<Record<OwnerKind, Presence>> = {
  session: 'connected',
  timed: 'timed',
  vouched: 'vouched',
}

/** That an owner holds an instance. Changed by `Leases` only. */
export interface Claim {
  /** Unique among all claims there ever were, restarts included: newer ones have higher numbers. */
  readonly number: number
  /** As consumers see it, status included. */
  instance: Instance
  readonly owner: Owner
  ttlMs: number
  /** The revision that marked it draining; 0 while it is not. */
  drainRevision: number
  /** No longer held: nothing brings this claim back. */
  gone: boolean
  /** The revisions of its first and its last change. */
  createRevision: number
  revision: number
}

function nothing(): void {}
