import { publish } from '../../core/event.ts'
import { ConsulForbiddenError } from './errors.ts'

/**
 * Whether the token allows to keep books in the key/value store: who holds an id, who watches a service, which data this is. It is found
 * out by trying. Without that right Consul is used as well as can be, and one event says so; a wrong token is another matter.
 */
export class Rights {
  readonly #url: string
  #denied = false

  constructor(url: string) {
    this.#url = url
  }

  /** Whether the right is known to be missing. */
  get areDenied(): boolean {
    return this.#denied
  }

  /** Runs `action`; resolves with `otherwise` when the right for it is missing. */
  async try<T, U>(action: () => Promise<T>, otherwise: U): Promise<T | U> {
    if (this.#denied) return otherwise
    try {
      return await action()
    } catch (error) {
      if (!(error instanceof ConsulForbiddenError) || !error.isKnownToken) throw error
      this.#deny(error)
      return otherwise
    }
  }

  #deny(error: ConsulForbiddenError): void {
    if (this.#denied) return
    this.#denied = true
    const message = `The token for ${this.#url} allows no sessions or keys: drains wait a quiet period instead of for watchers, and ids are guarded less strictly`
    publish('registry', { level: 'warn', event: 'registry.rights-missing', message, registry: this.#url, error })
  }
}
