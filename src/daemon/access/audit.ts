import { isObserved, publish } from '../../core/event.ts'
import type { RequestHead } from '../../web/whole-request.ts'
import type { Access, Identity } from './access.ts'
import { addressOf } from './credentials.ts'
import { ForbiddenError, TokenUnknownError, WriteRateError } from './errors.ts'
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
  const isInTime = isRoutine || !isGranted || identity.takeWrite()
  if (isObserved('daemon') && !(isGranted && isRoutine)) tell(deed, isGranted && isInTime)
  if (!isGranted) throw new ForbiddenError(identity.name, right, name)
  if (!isInTime) throw new WriteRateError(identity.name)
}

/** Tells of what takes no right but is a write all the same, such as giving back what one holds. */
export function tellDone(access: Access, deed: Omit<Deed, 'isGranted' | 'isRoutine'>): void {
  if (access.isControlled && isObserved('daemon')) tell(deed, true)
}

/** Who sends a request, or has the token that it shows elsewhere than usual. Throws `TokenUnknownError`, and tells of it as of what is refused: somebody may be guessing. */
export function identified(access: Access, request: RequestHead, token = ''): Identity {
  try {
    return token === '' ? access.identify(request) : access.identifyToken(token)
  } catch (error) {
    if (error instanceof TokenUnknownError) tellUnknown(request)
    throw error
  }
}

function tell({ identity, right, name, action, from }: Omit<Deed, 'isGranted'>, isGranted: boolean): void {
  const outcome = isGranted ? 'granted' : 'refused'
  const message = `${identity.name} from ${from}: ${action} is ${outcome} (${right} on "${name}")`
  const facts = { identity: identity.name, right, name, action, from }
  publish('daemon', { level: isGranted ? 'info' : 'warn', event: `access.${outcome}`, message, ...facts })
}

function tellUnknown(request: RequestHead): void {
  const identity = 'a token that is none'
  const action = `${request.method} ${request.url?.split('?')[0]}`
  const from = addressOf(request)
  const message = `${identity} from ${from}: ${action} is refused`
  publish('daemon', { level: 'warn', event: 'access.refused', message, identity, action, from })
}
