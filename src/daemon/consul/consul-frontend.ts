import { RegistryUnavailableError } from '../../discovery/errors.ts'
import { StoreLimitError } from '../../discovery/store/limits.ts'
import type { Rosters } from '../../discovery/store/rosters.ts'
import { BodiesTooManyError } from '../../web/errors.ts'
import { NodeRequest } from '../../web/node-request.ts'
import type { Exchange, Router } from '../../web/router.ts'
import type { RequestHead, WholeAnswer, WholeRequest } from '../../web/whole-request.ts'
import { type Access, openAccess } from '../access/access.ts'
import { ForbiddenError, TokenUnknownError } from '../access/errors.ts'
import { JournalError } from '../errors.ts'
import { LookupRateError, NotHeldHereError } from '../front/errors.ts'
import type { Frontend, FrontendContext } from '../frontend.ts'
import type { DnsCatalog } from '../dns/catalog.ts'
import type { CatalogDefaults } from '../dns/dns-server.ts'
import { ConsulDnsCatalog } from './dns/consul-dns-catalog.ts'
import { type ConsulOptions, consulSettings } from './consul-options.ts'
import { ConsulState } from './consul-state.ts'
import { ConsulRefusedError } from './errors.ts'
import { type Answer, empty, fromNowhere, streamed, text } from './http/answer.ts'
import { Call } from './http/call.ts'
import { demandOf } from './http/demands.ts'
import { refuseNamespace } from './http/namespaces.ts'
import type { Method, RouteMatch, RouteTable } from './http/route-table.ts'
import { sentAnswer } from './http/sent-answer.ts'
import { ASKED_NOBODY } from './live/query-options.ts'
import { consulRoutes } from './routes/consul-routes.ts'
import { MONITOR_PATH, streamLog } from './routes/monitor-route.ts'

/** No query waits longer, its jitter included. */
const WAIT_MS_MAX = 11 * 60_000

/**
 * Consul's HTTP API, below `/v1`, over the same Store: what applications register shows as services with checks, what is registered here shows as
 * instances. See docs/reference/consul-api.md for what is supported.
 */
export class ConsulFrontend implements Frontend {
  readonly #options: ConsulOptions
  #state: ConsulState | undefined
  #routes: RouteTable | undefined
  #rosters: Rosters | undefined
  #indented = false
  #access: Access = openAccess
  #node = ''

  constructor(options: ConsulOptions = {}) {
    this.#options = options
  }

  /** Throws `JournalError` when its data cannot be opened. */
  mount(router: Router, context: FrontendContext): void {
    const settings = consulSettings(this.#options)
    this.#indented = settings.indented
    this.#state = new ConsulState(settings, context)
    this.#routes = consulRoutes(this.#state)
    this.#access = context.access
    this.#node = settings.nodeName
    this.#rosters = context.store.rosters
    router.below('/v1/', this.#answer)
    router.route('GET', MONITOR_PATH, exchange => this.#stream(exchange))
    router.route('GET', '/', ({ request, response }) =>
      new NodeRequest(request, response).send(sentAnswer(request, ROOT)),
    )
  }

  /** What DNS tells of what is here. To be called once this is mounted. */
  dnsCatalog(defaults: CatalogDefaults): DnsCatalog {
    if (!this.#state) throw new TypeError('The Consul API is not mounted')
    return new ConsulDnsCatalog(this.#state, defaults)
  }

  /** Reads its configuration again. False where there is none, or where it is not mounted. Throws `ConsulRefusedError`, and what the reading throws. */
  reload(): boolean {
    return this.#state?.reload() ?? false
  }

  leave(): void {
    this.#state?.leave()
  }

  close(): void {
    this.#state?.close()
    this.#state = undefined
  }

  readonly #answer = (request: WholeRequest): WholeAnswer | Promise<WholeAnswer> | undefined => {
    try {
      const answer = this.#dispatch(request)
      if (answer === streamed) return undefined
      if (!(answer instanceof Promise)) return this.#sent(request, answer)
      return answer.then(
        later => this.#sent(request, later),
        (error: unknown) => this.#sent(request, refusal(error, request)),
      )
    } catch (error) {
      return this.#sent(request, refusal(error, request))
    }
  }

  /** What was found in order, and goes on. */
  #stream({ request, response, query }: Exchange): void {
    if (!this.#state) return void response.destroy()
    const init = { request: new NodeRequest(request, response), rest: '', search: query.toString() }
    const call = new Call({ ...init, access: this.#access, node: this.#node })
    call.guard.meet(demandOf('GET', MONITOR_PATH))
    streamLog(this.#state.logReaders, call, response)
  }

  #dispatch(request: WholeRequest): Answer | Promise<Answer> {
    const { url = '', method = 'GET' } = request
    const mark = url.indexOf('?')
    const rawPath = mark < 0 ? url : url.slice(0, mark)
    const search = mark < 0 ? '' : url.slice(mark + 1)
    const path = rawPath.includes('%') ? decodeURIComponent(rawPath) : rawPath
    if (isUnclean(path)) return moved(method, clean(path), search)
    const match = this.#routes?.find(path)
    if (!match) return this.#routes?.isPrefix(path) ? moved(method, `${path}/`, search) : fromNowhere(empty(404))
    const { methods } = match.route
    const handler = methods[method as Method]
    if (!handler) return unhandled(method, match)
    const call = new Call({ request, rest: match.rest, search, access: this.#access, node: this.#node })
    refuseNamespace(call, { path: match.route.path, hasRules: this.#state?.acl !== undefined })
    call.guard.meet(demandOf(method, match.route.path))
    const ready = this.#ready(match, call)
    return ready ? ready.then(() => handler(call)) : handler(call)
  }

  /** Resolves when there is what the call reads; undefined if it is there. A front has to be told first, and goes on being told while somebody waits. */
  #ready({ route: { reads }, rest }: RouteMatch, call: Call): Promise<unknown> | undefined {
    if (!reads || !this.#rosters) return undefined
    if (reads === 'all') return this.#rosters.readyAll()
    const keptMs = call.has('index') ? WAIT_MS_MAX : undefined
    const pending = this.#rosters.alike(rest).flatMap(name => this.#rosters?.ready(name, keptMs) ?? [])
    return pending.length === 0 ? undefined : Promise.all(pending)
  }

  /** As people asked for it. */
  #sent(request: WholeRequest, answer: Answer): WholeAnswer {
    const isIndented = answer.isJson && (this.#indented || /[?&]pretty(?:[=&]|$)/.test(request.url ?? ''))
    return sentAnswer(request, isIndented ? { ...answer, body: answer.body.indented } : answer)
  }
}

/** What is said of a method that an endpoint has no handler for. */
function unhandled(method: string, { route: { methods } }: RouteMatch): Answer {
  const allowed = ['Allow', ['OPTIONS', ...Object.keys(methods)].join(',')]
  if (method === 'OPTIONS') return empty(200, allowed)
  return text(`method ${method} not allowed`, { status: 405, headers: allowed })
}

/** What says at the root that somebody is there, as an agent without pages does: checks ask for it. */
const ROOT = fromNowhere(text('Consul Agent'))

/** Whether Go's ServeMux would send the client to another path: empty segments and dots. */
function isUnclean(path: string): boolean {
  return (
    path.includes('//') || path.includes('/./') || path.includes('/../') || path.endsWith('/.') || path.endsWith('/..')
  )
}

function clean(path: string): string {
  const segments: string[] = []
  for (const segment of path.split('/')) {
    if (segment === '..') segments.pop()
    else if (segment !== '' && segment !== '.') segments.push(segment)
  }
  const end = path.endsWith('/') && segments.length > 0 ? '/' : ''
  return `/${segments.join('/')}${end}`
}

function moved(method: string, path: string, search: string): Answer {
  const location = encodeURI(path) + (search === '' ? '' : `?${search}`)
  const page = `<a href="${location.replaceAll('&', '&amp;').replaceAll('"', '&#34;').replaceAll('<', '&lt;')}">Moved Permanently</a>.\n\n`
  if (method !== 'GET') return fromNowhere(empty(301, ['Location', location]))
  const answer = text(page, { status: 301 })
  return { ...answer, headers: ['Content-Type', 'text/html; charset=utf-8', 'Location', location], varies: false }
}

/** Reads that go to a server of Consul, which says with a refusal that it asked nobody. */
const ASKING = /^\/v1\/(?:catalog|health|session|query|acl)(?:\/|\?|$)/

function refusal(error: unknown, { method, url = '' }: RequestHead): Answer {
  const headers = method === 'GET' && ASKING.test(url) ? Object.entries(ASKED_NOBODY).flat() : []
  if (error instanceof ConsulRefusedError) {
    return text(error.message, { status: error.status, headers: Object.entries(error.headers).flat() })
  }
  if (error instanceof TokenUnknownError) return text('ACL not found', { status: 403, headers })
  if (error instanceof ForbiddenError) return text('Permission denied', { status: 403, headers })
  if (error instanceof URIError) return text('invalid URL escape', { status: 400 })
  if (error instanceof NotHeldHereError) return text(error.message, { status: 409 })
  if (error instanceof LookupRateError) return text(error.message, { status: 429 })
  if (error instanceof RegistryUnavailableError) return text(error.message, { status: 500 })
  if (error instanceof BodiesTooManyError) return text(error.message, { status: 503 })
  if (error instanceof JournalError || error instanceof StoreLimitError) return text(error.message, { status: 500 })
  throw error
}
