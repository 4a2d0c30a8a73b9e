import { abortable, timeLimit, type Abortable } from '../../core/abort.ts'
import type { Clock } from '../../core/clock.ts'
import { RegistryUnavailableError } from '../../discovery/errors.ts'
import { REST_PATH, type ErrorAnswer } from '../../protocol/rest.ts'
import { RegistryRefusedError } from './errors.ts'

/** One request to the REST API. */
export interface RestRequest extends Abortable {
  /** Default `GET`. */
  readonly method?: string
  /** Below `/api/v1`; each part is escaped. */
  readonly path: readonly string[]
  readonly query?: Readonly<Record<string, string>>
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
  /** The longest wait, in milliseconds. */
  readonly limitMs: number
}

/** Speaks HTTP and JSON with a registry daemon. */
export class RestClient {
  readonly #authority: string
  readonly #clock: Clock

  constructor(authority: string, clock: Clock) {
    this.#authority = authority
    this.#clock = clock
  }

  /**
   * Resolves with the answer; undefined if it is empty. Rejects with `RegistryRefusedError` for every status but 2xx, with
   * `RegistryUnavailableError` when there is no answer (in time).
   */
  async request(request: RestRequest): Promise<unknown> {
    using limit = timeLimit(this.#clock, request.limitMs, request)
    try {
      return await abortable(this.#exchange(request, limit.signal), limit.signal)
    } catch (error) {
      if (error instanceof RegistryRefusedError || request.signal?.aborted) throw error
      throw new RegistryUnavailableError(`ropewalk://${this.#authority}`, { cause: cause(error) })
    }
  }

  async #exchange(
    { method = 'GET', path, query = {}, ...request }: RestRequest,
    signal: AbortSignal,
  ): Promise<unknown> {
    const url = new URL(`http://${this.#authority}${REST_PATH}/${path.map(encodeURIComponent).join('/')}`)
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value)
    const body = request.body === undefined ? null : JSON.stringify(request.body)
    const response = await fetch(url, { method, body, signal, headers: { ...request.headers } })
    const text = await response.text()
    if (!response.ok) throw refusal(response.status, text)
    return text === '' ? undefined : JSON.parse(text)
  }
}

/** The error in the answer, or its status if it is not the answer of a registry daemon. */
function refusal(status: number, text: string): RegistryRefusedError {
  try {
    const { code, message } = (JSON.parse(text) as ErrorAnswer).error
    return new RegistryRefusedError({ code, message })
  } catch {
    return new RegistryRefusedError({ code: `HTTP ${status}`, message: text.slice(0, 200) })
  }
}

/** `fetch` hides what went wrong behind "fetch failed". */
function cause(error: unknown): unknown {
  return error instanceof TypeError && error.cause !== undefined ? error.cause : error
}
