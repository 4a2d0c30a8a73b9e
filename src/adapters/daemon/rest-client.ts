import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import https, { type RequestOptions } from 'node:https'
import { isIP } from 'node:net'
import { text } from 'node:stream/consumers'
import { abortable, timeLimit, type Abortable } from '../../core/abort.ts'
import { http } from '../../core/node-http.ts'
import { RegistryUnavailableError } from '../../discovery/errors.ts'
import { REST_PATH, type ErrorAnswer } from '../../protocol/rest.ts'
import { type DaemonAddress, daemonUrl } from './connection.ts'
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
  readonly #address: DaemonAddress
  readonly #url: string

  constructor(address: DaemonAddress) {
    this.#address = address
    this.#url = daemonUrl([address], address.token)
  }

  /**
   * Resolves with the answer; undefined if it is empty. Rejects with `RegistryRefusedError` for every status but 2xx, with
   * `RegistryUnavailableError` when there is no answer (in time).
   */
  async request(request: RestRequest): Promise<unknown> {
    using limit = timeLimit(this.#address.clock, request.limitMs, request)
    try {
      return await abortable(this.#exchange(request, limit.signal), limit.signal)
    } catch (error) {
      if (error instanceof RegistryRefusedError || request.signal?.aborted) throw error
      throw new RegistryUnavailableError(this.#url, { cause: error })
    }
  }

  async #exchange(
    { method = 'GET', path, query = {}, ...request }: RestRequest,
    signal: AbortSignal,
  ): Promise<unknown> {
    const { host, port, token, tls } = this.#address
    const search = new URLSearchParams(query).toString()
    const sent = (tls ? https : http).request({
      host,
      port,
      method,
      path: `${REST_PATH}/${path.map(encodeURIComponent).join('/')}${search && `?${search}`}`,
      headers: { ...request.headers, ...(token && { authorization: `Bearer ${token}` }) },
      agent: false,
      signal,
      ...tlsOptions(this.#address),
    })
    sent.end(request.body === undefined ? undefined : JSON.stringify(request.body))
    const [response] = (await once(sent, 'response')) as [IncomingMessage]
    const answer = await text(response)
    const status = response.statusCode ?? 0
    if (status < 200 || status > 299) throw refusal(status, answer)
    return answer === '' ? undefined : JSON.parse(answer)
  }
}

function tlsOptions({ tls, host }: DaemonAddress): RequestOptions {
  if (!tls) return {}
  const { serverName = host, ...files } = tls
  return { ...files, ...(isIP(serverName) === 0 && { servername: serverName }) }
}

/** The error in the answer, or its status if it is not the answer of a registry daemon. */
function refusal(status: number, answer: string): RegistryRefusedError {
  try {
    const { code, message } = (JSON.parse(answer) as ErrorAnswer).error
    return new RegistryRefusedError({ code, message })
  } catch {
    return new RegistryRefusedError({ code: `HTTP ${status}`, message: answer.slice(0, 200) })
  }
}
