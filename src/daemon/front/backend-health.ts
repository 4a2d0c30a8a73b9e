import { publish } from '../../core/event.ts'
import { RegistryUnavailableError } from '../../discovery/errors.ts'

/** Whether the backend can be reached, as all that is heard of it shows: told by the event `backend.health`, and to whom it may concern, when it changes. */
export class BackendHealth {
  readonly #url: string
  readonly #onHealth: (error?: Error) => void
  #failure: Error | undefined
  #wasReached = false

  constructor(url: string, onHealth: (error?: Error) => void) {
    this.#url = url
    this.#onHealth = onHealth
  }

  /** Why it cannot be reached; undefined while it can, or has yet to show it. */
  get failure(): Error | undefined {
    return this.#failure
  }

  /** Whether it has answered, and has not failed since. */
  get reached(): boolean {
    return this.#wasReached && !this.#failure
  }

  /** It has answered. */
  answered(): void {
    this.#wasReached = true
    if (this.#failure) this.#tell(undefined)
  }

  /** It has not, or not to everything that is followed there. */
  failed(cause?: unknown): void {
    if (!this.#failure) this.#tell(new RegistryUnavailableError(this.#url, { cause }))
  }

  #tell(failure: Error | undefined): void {
    this.#failure = failure
    this.#onHealth(failure)
    const message = failure
      ? `${failure.message}. What was known last is served, and nothing can be registered`
      : `The registry ${this.#url} is reached again`
    publish('daemon', { level: failure ? 'error' : 'info', event: 'backend.health', message, error: failure })
  }
}
