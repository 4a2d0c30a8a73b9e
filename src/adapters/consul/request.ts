import { ConsulAnswerError } from './errors.ts'

/** One request to Consul's HTTP API. */
export interface ConsulRequest {
  /** Default `GET`. */
  readonly method?: 'GET' | 'PUT' | 'DELETE'
  /** Below `/v1`; each part is escaped. */
  readonly path: readonly string[]
  /** Flags have an empty text. */
  readonly query?: Readonly<Record<string, string>>
  /** Text goes as it is, anything else as JSON. */
  readonly body?: unknown
  /** What Consul says when it refuses in a way that the caller deals with: such a refusal is an answer, not an error. */
  readonly accept?: RegExp
}

/**
 * Part of the query of what must not be answered from the past. Consul's default is nearly that, but a server that has just become the leader
 * answers before it has read its own log: after a restart, as if there were nothing.
 */
export const CONSISTENT = { consistent: '' }

/** What Consul answered. */
export interface ConsulAnswer {
  /** 2xx; 404: there is no such thing; 409: a transaction was not made; or what `accept` let through. */
  readonly status: number
  /** Up to where a blocking query has seen; undefined where Consul, or a proxy before it, does not say. */
  readonly index: number | undefined
  /** The same of those endpoints that go by the hash of their content. */
  readonly hash: string | undefined
  readonly text: string
}

/** What an answer holds. Throws `ConsulAnswerError` if that is no JSON. */
export function contentOf({ status, text }: ConsulAnswer): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new ConsulAnswerError(status, text, { cause })
  }
}

/** The path and query of a request, with `common` for every request. */
export function targetOf({ path, query }: ConsulRequest, common: string): string {
  let target = '/v1'
  for (const part of path) target += `/${encodeURIComponent(part)}`
  let mark = '?'
  for (const name in query) {
    target += `${mark}${name}=${encodeURIComponent(query[name] as string)}`
    mark = '&'
  }
  return common === '' ? target : `${target}${mark}${common}`
}

/** A request as people read it: without its query, which may be long, and its body. */
export function nameOf(request: ConsulRequest): string {
  return `${request.method ?? 'GET'} ${targetOf({ path: request.path }, '')}`
}
