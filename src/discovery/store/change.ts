/**
 * Why an instance left.
 *
 * - `revoked`: its own process took it out.
 * - `lapsed`: its heartbeat was overdue for too long.
 * - `disconnected`: its connection was lost without goodbye and not resumed within the grace.
 * - `forgotten`: it was known from before a restart of the registry, and nobody confirmed it within the grace.
 * - `removed`: somebody else took it out, such as an operator.
 * - `unstored`: it had just been registered but could not be written to disk, so its registration was refused.
 */
export type DepartureCause = 'revoked' | 'lapsed' | 'disconnected' | 'forgotten' | 'removed' | 'unstored'

/**
 * What can happen to an instance: it `joined`, was `updated`, was `replaced` by a newcomer of the same id whose former holder was not
 * alive, came to another status, or left.
 */
export type ChangeKind =
  | 'joined'
  | 'updated'
  | 'replaced'
  | 'ready'
  | 'late'
  | 'suspect'
  | 'unconfirmed'
  | 'draining'
  | DepartureCause

/** One thing that happened to one instance, as history tells it. */
export interface Change {
  /** The revision it made. */
  readonly revision: number
  readonly id: string
  readonly kind: ChangeKind
  /** When, in milliseconds since 1970. */
  readonly at: number
  /** Who held the instance then: the name of its owner. */
  readonly holder: string
}
