import type { Answer } from './answer.ts'
import type { Call } from './call.ts'

/** Answers one call. Throws, or rejects with, ConsulRefusedError. */
export type ConsulHandler = (call: Call) => Answer | Promise<Answer>

/** How far an endpoint does what Consul's does. */
export type Support = 'yes' | 'partly' | 'no'

/** One endpoint. A path that ends in `/` takes everything below it; `pattern` says to people what that is. */
export interface ConsulRoute {
  readonly path: string
  /** How the path is written in documentation, such as `/v1/health/service/:service`. Default: `path`. */
  readonly pattern?: string
  readonly methods: Readonly<Partial<Record<Method, ConsulHandler>>>
  readonly support: Support
  /** What differs, in one sentence. */
  readonly note?: string
  /** What is read of what others registered: the service that the path names, or all. Default: nothing. */
  readonly reads?: 'service' | 'all'
  /** Whether it is about data that only a daemon of its own keeps, so that a front refuses it. Default false. */
  readonly isOwnData?: boolean
}

/** The methods that Consul's endpoints know. */
export type Method = 'GET' | 'PUT' | 'POST' | 'DELETE'

/** An endpoint that a path leads to. */
export interface RouteMatch {
  readonly route: ConsulRoute
  /** The part of the path below the route's own, decoded. */
  readonly rest: string
}

/** Finds the endpoint of a path: an exact one, else the longest that the path is below, as Go's ServeMux does. */
export class RouteTable {
  readonly routes: readonly ConsulRoute[]
  readonly #byPath: ReadonlyMap<string, ConsulRoute>

  /** Throws a TypeError for two routes of one path. */
  constructor(routes: readonly ConsulRoute[]) {
    this.routes = routes
    this.#byPath = new Map(routes.map(route => [route.path, route]))
    if (this.#byPath.size !== routes.length) throw new TypeError('Two routes of the Consul API have the same path')
  }

  /** `path` is decoded. */
  find(path: string): RouteMatch | undefined {
    const exact = this.#byPath.get(path)
    if (exact) return { route: exact, rest: '' }
    for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
      const route = this.#byPath.get(path.slice(0, end + 1))
      if (route) return { route, rest: path.slice(end + 1) }
    }
    return undefined
  }

  /** Whether there is something below this path, so that a slash is all that is missing. */
  isPrefix(path: string): boolean {
    return this.#byPath.has(`${path}/`)
  }
}
