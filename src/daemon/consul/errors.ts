import { HttpError } from '../../web/errors.ts'

/** A request of the Consul API is refused, with the status and the text that Consul would have answered. */
export class ConsulRefusedError extends HttpError {
  readonly code = 'ERR_CONSUL_REFUSED'
  readonly status: number
  readonly #headers: Readonly<Record<string, string>>

  constructor(status: number, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message)
    this.status = status
    this.#headers = headers
  }

  override get headers(): Record<string, string> {
    return this.#headers
  }
}
