import { abortable } from '../../core/abort.ts'
import { EtcdRefusedError } from './errors.ts'

/** Who to be at an etcd with authentication. */
export interface EtcdUser {
  readonly name: string
  readonly password: string
}

/** Asks etcd to authenticate. */
type Authenticate = (body: string, signal: AbortSignal | undefined) => Promise<{ readonly token?: string }>

/** The token etcd gives for user and password: asked for once, by however many want it, until it is forgotten. */
export class Token {
  readonly #user: EtcdUser | undefined
  readonly #authenticate: Authenticate
  #token: Promise<string> | undefined

  constructor(user: EtcdUser | undefined, authenticate: Authenticate) {
    this.#user = user
    this.#authenticate = authenticate
  }

  /** Whether there is a user at all. */
  get wanted(): boolean {
    return this.#user !== undefined
  }

  /** The token; empty where etcd wants none. */
  async get(signal: AbortSignal | undefined): Promise<string> {
    if (this.#token) return abortable(this.#token, signal)
    const asked = this.#ask()
    this.#token = asked
    asked.catch(() => {
      if (this.#token === asked) this.#token = undefined
    })
    return abortable(asked, signal)
  }

  /** etcd does not take it any more. */
  forget(): void {
    this.#token = undefined
  }

  async #ask(): Promise<string> {
    try {
      const { token = '' } = await this.#authenticate(JSON.stringify(this.#user), undefined)
      return token
    } catch (error) {
      if (error instanceof EtcdRefusedError && error.message.includes('authentication is not enabled')) return ''
      throw error
    }
  }
}
