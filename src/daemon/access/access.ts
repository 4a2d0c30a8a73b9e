import type { RequestHead } from '../../web/whole-request.ts'
import type { Right } from './grants.ts'

/** Who asks, and what they may just now: that can change while a connection is open. */
export interface Identity {
  /** For people: `token "deploy"`, `anonymous`. Never a secret. */
  readonly name: string
  /** The same for the same credentials, and another for others. Not a secret. */
  readonly key: string
  may(right: Right, name: string): boolean
  /** Whether the right is had on every name that begins with `prefix`, by default on every name. */
  mayAll(right: Right, prefix?: string): boolean
  /** Whether the right is had on any name. */
  mayAny(right: Right): boolean
  /** Counts a write; false if there were too many in too short a time. */
  takeWrite(): boolean
}

/** Who may do what in a registry daemon. All ways in ask here, and nowhere else. */
export interface Access {
  /** Whether there are rules. Without them everybody may everything, and operators are those who come from this machine. */
  readonly isControlled: boolean
  /** Who sends a request. Throws `TokenUnknownError` for a token that is none. */
  identify(request: RequestHead): Identity
  /** Who has a token, as it was shown; the anonymous for an empty one. Throws `TokenUnknownError`. */
  identifyToken(token: string): Identity
  /** Who has the token of that hash, as `tokenHash` makes it. Throws `TokenUnknownError`. Never of a hash that a client shows: knowing one is not having the token. */
  identifyHash(hash: string): Identity
  /** Calls `onChange` whenever rights may have changed, until the returned function is called. */
  watch(onChange: () => void): () => void
}

const everybody: Identity = {
  name: 'anonymous',
  key: '',
  may: () => true,
  mayAll: () => true,
  mayAny: () => true,
  takeWrite: () => true,
}

/** Without rules: everybody may everything. */
export const openAccess: Access = {
  isControlled: false,
  identify: () => everybody,
  identifyToken: () => everybody,
  identifyHash: () => everybody,
  watch: () => () => {},
}
