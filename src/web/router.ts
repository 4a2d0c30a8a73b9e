import type { IncomingMessage, ServerResponse } from 'node:http'
import { answerError } from './answer-error.ts'
import { BadRequestError, MethodNotAllowedError, NotFoundError } from './errors.ts'
import { NodeRequest } from './node-request.ts'
import { RouteTree } from './route-tree.ts'
import type { Answerer, WholeAnswer, WholeRequest } from './whole-request.ts'

/** One request and its answer, as a route's handler gets them. */
export interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  /** The decoded values of the pattern's `:name` and `*name`. */
  readonly params: Readonly<Record<string, string>>
  readonly query: URLSearchParams
}

/** Answers one request, by `exchange.response`. What it throws becomes the answer, see {@link Router}. */
export type RouteHandler = (exchange: Exchange) => void | Promise<void>

/** How a Router answers. */
export interface RouterOptions {
  /** The status for an error that is not an HttpError; undefined: 500, and the error's text stays secret. */
  statusOf?: (error: unknown) => number | undefined
}

/**
 * Sends each request to the handler of its method and path. Patterns are `/api/v1/services/:name` or end in `*rest`; see RouteTree
 * for which wins. `HEAD` takes the handler of `GET` unless it has its own. An error becomes `{"error": {"code", "message"}}`: no route is
 * 404, another method is 405 with `Allow`, an HttpError says its own status, `statusOf` that of others; anything else is 500 with no
 * more than `ERR_INTERNAL`, and the event `request.failed`.
 */
export class Router {
  readonly #routes = new RouteTree<RouteHandler>()
  readonly #answerers: { readonly prefix: string; readonly answerer: Answerer }[] = []
  readonly #statusOf: (error: unknown) => number | undefined

  constructor({ statusOf = () => undefined }: RouterOptions = {}) {
    this.#statusOf = statusOf
  }

  /** Adds a handler; returns the router. Throws a TypeError for a malformed pattern or a route that is there already. */
  route(method: string, pattern: string, handler: RouteHandler): this {
    this.#routes.add(method, pattern, handler)
    return this
  }

  /** Gives every request whose path begins with `prefix` as it is written, whatever its method, to one answerer first; returns the router. */
  below(prefix: string, answerer: Answerer): this {
    this.#answerers.push({ prefix, answerer })
    return this
  }

  /** What one of the answerers says to a request; undefined where none is for it. Throws, or rejects with, what the answerer does. */
  readonly answer = (request: WholeRequest): WholeAnswer | Promise<WholeAnswer> | undefined => {
    const { url = '' } = request
    for (const { prefix, answerer } of this.#answerers) if (url.startsWith(prefix)) return answerer(request)
    return undefined
  }

  /** Answers one request. Never throws; to be given to `nodeHandler` or to `http.createServer`. */
  readonly handle = (request: IncomingMessage, response: ServerResponse): void => {
    try {
      const done = this.#dispatch(request, response)
      if (done) done.catch((error: unknown) => this.#answerError(request, response, error))
    } catch (error) {
      this.#answerError(request, response, error)
    }
  }

  #dispatch(request: IncomingMessage, response: ServerResponse): void | Promise<void> {
    const whole = new NodeRequest(request, response)
    const answer = this.answer(whole)
    if (answer instanceof Promise) return answer.then(later => whole.send(later))
    if (answer) return whole.send(answer)
    const { path, search } = splitTarget(request.url ?? '/')
    const match = this.#routes.find(decodeSegments(path))
    if (!match) throw new NotFoundError(`There is nothing at ${path}`)
    const { methods, params } = match
    const method = request.method ?? 'GET'
    const handler = methods.get(method) ?? (method === 'HEAD' ? methods.get('GET') : undefined)
    if (!handler) throw new MethodNotAllowedError(method, allowedMethods(methods))
    return handler(new RoutedExchange({ request, response, params, search }))
  }

  #answerError(request: IncomingMessage, response: ServerResponse, error: unknown): void {
    answerError({ request, response, status: this.#statusOf(error) }, error)
  }
}

class RoutedExchange implements Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly params: Readonly<Record<string, string>>
  readonly #search: string
  #query: URLSearchParams | undefined

  constructor(parts: {
    request: IncomingMessage
    response: ServerResponse
    params: Record<string, string>
    search: string
  }) {
    this.request = parts.request
    this.response = parts.response
    this.params = parts.params
    this.#search = parts.search
  }

  get query(): URLSearchParams {
    return (this.#query ??= new URLSearchParams(this.#search))
  }
}

function allowedMethods(methods: ReadonlyMap<string, unknown>): string[] {
  const names = new Set(methods.keys())
  if (names.has('GET')) names.add('HEAD')
  return [...names].toSorted()
}

function splitTarget(url: string): { path: string; search: string } {
  const target = url.startsWith('/') ? url : url.replace(/^[a-z]+:\/\/[^/?]*/i, '')
  const mark = target.indexOf('?')
  const path = mark < 0 ? target : target.slice(0, mark)
  return { path: path || '/', search: mark < 0 ? '' : target.slice(mark + 1) }
}

function decodeSegments(path: string): string[] {
  const segments = path.slice(1).split('/')
  if (!path.includes('%')) return segments
  try {
    return segments.map(decodeURIComponent)
  } catch (cause) {
    throw new BadRequestError(`The path ${path} is not percent-encoded UTF-8`, { cause })
  }
}
