import type { Access, Identity } from '../access/access.ts'
import { requireGranted, tellDone } from '../access/audit.ts'
import type { Right } from '../access/grants.ts'

/** Whose rights a session has. */
export interface SessionRightsInit {
  readonly access: Access
  readonly identity: Identity
  /** Where the connection comes from, for people. */
  readonly from: string
}

/** What one session may do just now. */
export class SessionRights {
  readonly #init: SessionRightsInit

  constructor(init: SessionRightsInit) {
    this.#init = init
  }

  /** Whom it is shown as besides the name that it gives itself; empty where there are no rules. */
  get suffix(): string {
    const { access, identity } = this.#init
    return access.isControlled ? `, ${identity.name}` : ''
  }

  may(right: Right, service: string): boolean {
    return this.#init.identity.may(right, service)
  }

  /** Tells of what it gives back, for which it needs no right. */
  tellRevoked(service: string): void {
    const right = 'services:register'
    tellDone(this.#init.access, { ...this.#init, right, name: service, action: 'revoke' })
  }

  /** Throws `ForbiddenError` unless it has the right on the service. */
  require(right: Right, service: string, action: string): void {
    requireGranted(this.#init.access, { ...this.#init, right, name: service, action })
  }
}
