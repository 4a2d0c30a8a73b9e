import type { RequestHead } from '../../../web/whole-request.ts'
import type { Access, Identity } from '../../access/access.ts'
import { identified, requireGranted } from '../../access/audit.ts'
import { addressOf } from '../../access/credentials.ts'
import { ForbiddenError } from '../../access/errors.ts'
import type { Right } from '../../access/grants.ts'
import { ConsulRefusedError } from '../errors.ts'
import type { Demand } from './demands.ts'
import { type Need, Sight } from './sight.ts'

/** As much of a call as its rights depend on. */
export interface GuardedCall {
  readonly request: RequestHead
  /** What follows the route's prefix. */
  readonly rest: string
  /** As it was shown; empty if none was. */
  readonly token: string
  /** In place of a token: its hash, which was kept. */
  readonly hash?: string
  /** The node of this agent. */
  readonly node: string
  has(parameter: string): boolean
}

/** What is called all the time. Only at these places: names of keys and services may have the same words in them. */
const SIGN_OF_LIFE = /^\/v1\/(?:agent\/check\/(?:pass|warn|fail|update)|session\/renew)\//

/** What rights are called in the words of Consul. */
const RESOURCES: Readonly<Partial<Record<Right, string>>> = {
  'services:register': 'service:write',
  'nodes:write': 'node:write',
}

/** The rights of the caller of one call. */
export class CallGuard {
  readonly #access: Access
  readonly #call: GuardedCall
  #known: Identity | undefined
  #demand: Demand | undefined

  constructor(access: Access, call: GuardedCall) {
    this.#access = access
    this.#call = call
  }

  /** Whether there are rules. */
  get isControlled(): boolean {
    return this.#access.isControlled
  }

  /** Whether the caller may, by the way: nobody is told of it. */
  may(right: Right, name: string): boolean {
    return this.#identity.may(right, name)
  }

  /** Throws `TokenUnknownError`, or `ForbiddenError` unless the endpoint's demand is met. One that takes nothing does not look at the token. */
  meet(demand: Demand): void {
    this.#demand = demand
    if (demand.on === 'nothing') return
    this.#known = this.#identify()
    if (!('right' in demand)) return
    const { right } = demand
    const { rest, node } = this.#call
    if (demand.on === 'everything') return this.require(right, undefined)
    if (demand.on === 'node') return this.require(right, node)
    if (!isTree(this.#call)) return this.require(right, rest)
    if (right !== 'kv:read') this.requireAll(right, rest)
  }

  /** Throws `TokenUnknownError` or `ForbiddenError` when the caller lost, since the call began, what it took to begin. */
  recheck(): void {
    if (this.#demand) this.meet(this.#demand)
  }

  /** Throws `ForbiddenError` unless there is the right on a name; on everything, where the name is undefined. */
  require(right: Right, name: string | undefined): void {
    if (name === undefined) this.#require(right, { name: '*', isGranted: this.#identity.mayAll(right) })
    else this.#require(right, { name, isGranted: this.#identity.may(right, name) })
  }

  /** Throws `ForbiddenError` unless there is the right on every name that begins so. */
  requireAll(right: Right, prefix: string): void {
    this.#require(right, { name: `${prefix}*`, isGranted: this.#identity.mayAll(right, prefix) })
  }

  /** Requires a right on a name; the refusal says what is missing on what, as Consul's agent does. Throws `ConsulRefusedError`. */
  requireTelling(right: Right, name: string, told = name): void {
    try {
      this.require(right, name)
    } catch (error) {
      if (!(error instanceof ForbiddenError)) throw error
      throw new ConsulRefusedError(403, `Permission denied: Missing ${RESOURCES[right] ?? right} on ${told}`)
    }
  }

  /** What the caller may see of lists; all of it where every need is met. */
  sight(...needs: readonly Need[]): Sight {
    return new Sight(this.#identity, needs)
  }

  /** Calls `onChange` whenever rights may have changed, until the returned function is called. */
  watch(onChange: () => void): () => void {
    return this.#access.watch(onChange)
  }

  get #identity(): Identity {
    return (this.#known ??= this.#identify())
  }

  #identify(): Identity {
    const { token, hash, request } = this.#call
    if (hash !== undefined) return this.#access.identifyHash(hash)
    return identified(this.#access, request, token)
  }

  #require(right: Right, { name, isGranted }: { name: string; isGranted: boolean }): void {
    const { request } = this.#call
    const [path = ''] = (request.url ?? '').split('?')
    const isRoutine = right.endsWith(':read') || SIGN_OF_LIFE.test(path)
    const deed = { identity: this.#identity, right, name, isGranted, isRoutine }
    requireGranted(this.#access, { ...deed, action: `${request.method} ${path}`, from: addressOf(request) })
  }
}

/** Whether something is asked for of all keys that begin with what the path ends in. */
function isTree(call: GuardedCall): boolean {
  return call.has('recurse') || call.has('keys')
}
