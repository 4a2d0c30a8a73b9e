import type { Access } from '../../access/access.ts'
import { BodyTooLargeError } from '../../../web/errors.ts'
import type { WholeRequest } from '../../../web/whole-request.ts'
import { ConsulRefusedError } from '../errors.ts'
import { decodeBody, type Shape } from '../go/decode.ts'
import { CallGuard } from './guard.ts'
import { type Query, queryOf } from './query-cache.ts'

/** What the body of a request that is not a value to keep may have at most. */
const BODY_BYTES_MAX = 512 * 1024

/** What a call is made of. */
export interface CallInit {
  readonly request: WholeRequest
  /** What follows the route's prefix, decoded. */
  readonly rest: string
  /** What follows the question mark. */
  readonly search: string
  readonly access: Access
  /** The node of this agent. */
  readonly node: string
}

/** One request of the Consul API. */
export class Call {
  readonly request: WholeRequest
  readonly rest: string
  readonly node: string
  readonly #search: string
  readonly #access: Access
  /** What the caller may do. */
  readonly guard: CallGuard
  #query: Query | undefined

  constructor({ request, rest, search, access, node }: CallInit) {
    this.request = request
    this.rest = rest
    this.node = node
    this.#search = search
    this.#access = access
    this.guard = new CallGuard(access, this)
  }

  /** Whether there are any parameters. */
  get isPlain(): boolean {
    return this.#search === ''
  }

  get search(): string {
    return this.#search
  }

  get query(): Query {
    return (this.#query ??= queryOf(this.#search))
  }

  has(name: string): boolean {
    return this.#search !== '' && this.query.has(name)
  }

  /** The first value of a parameter; empty if it is not there. */
  param(name: string): string {
    return this.#search === '' ? '' : (this.query.get(name) ?? '')
  }

  /** Who asks, as far as the request says: `?token=`, else `X-Consul-Token`, else a bearer's. Empty for the anonymous. The only place that reads it. */
  get token(): string {
    const { headers } = this.request
    const { authorization } = headers
    const [, bearer = ''] = (authorization !== undefined && /^Bearer (.*)$/i.exec(authorization)) || []
    return this.param('token') || String(headers['x-consul-token'] ?? '') || bearer
  }

  /** The rights of who has a token, or the one of a hash that was kept, in place of the caller's. */
  guardFor(who: { readonly token: string } | { readonly hash: string }): CallGuard {
    const { request, rest, node } = this
    return new CallGuard(this.#access, { request, rest, node, token: '', ...who, has: name => this.has(name) })
  }

  /** The body as it is. Rejects with ConsulRefusedError when it is too long. */
  async bytes(bodyBytesMax: number = BODY_BYTES_MAX): Promise<Buffer> {
    try {
      return await this.request.body(bodyBytesMax)
    } catch (error) {
      if (!(error instanceof BodyTooLargeError)) throw error
      const length = this.request.headers['content-length'] ?? `over ${bodyBytesMax}`
      const advice = 'See https://www.consul.io/docs/agent/options.html#kv_max_value_size.'
      throw new ConsulRefusedError(
        413,
        `Request body(${length} bytes) too large, max size: ${bodyBytesMax} bytes. ${advice}`,
      )
    }
  }

  /** The body as JSON of this shape. Rejects with ConsulRefusedError. */
  async decode<T>(shape: Shape): Promise<T> {
    return decodeBody((await this.bytes()).toString(), shape) as T
  }
}
