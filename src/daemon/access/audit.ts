import { isObserved, publish } from '../../core/event.ts'
import type { Access, Identity } from './access.ts'
import { ForbiddenError, WriteRateError } from './errors.ts'
import type { Right } from './grants.ts'

/** Something that somebody wants to do. */
export interface Deed {
  readonly identity: Identity
  readonly right: Right
  /** The name that the right is about. */
  readonly name: string
  /** What is done, in a word: `register`, `DELETE /services/users/instances/u1`. */
  readonly action: string
  /** Whether there is the right. Default: as the right on the name says. */
  readonly isGranted?: boolean
  /** Where it comes from, for people. */
  readonly from: string
  /** Whether it goes on all the time, as renewals do, so that nobody wants to read of it when it is allowed. */
  readonly isRoutine?: boolean
}

/**
 * Throws `ForbiddenError` unless there is the right to do it, `WriteRateError` when it is one write too many. Where there are rules, what is refused is told by the event `access.refused`,
 * and what is allowed, unless it only reads or renews, by `access.granted`: together they are the audit log.
 */
export function requireGranted(access: Access, deed: Deed): void {
  if (!access.isControlled) return
  const { identity, right, name, isRoutine = right.endsWith(':read') } = deed
  const { isGranted = identity.may(right, name) } = deed
  if (isObserved('daemon') && !(isGranted && isRoutine)) tell(deed, isGranted)
  if (!isGranted) throw new ForbiddenError(identity.name, right, name)
  if (!isRoutine && !identity.takeWrite()) throw new WriteRateError(identity.name)
}

function tell({ identity, right, name, action, from }: Deed, isGranted: boolean): void {
  const outcome = isGranted ? 'granted' : 'refused'
  const message = `${identity.name} from ${from}: ${action} is ${outcome} (${right} on "${name}")`
  const facts = { identity: identity.name, right, name, action, from }
  publish('daemon', { level: isGranted ? 'info' : 'warn', event: `access.${outcome}`, message, ...facts })
}
