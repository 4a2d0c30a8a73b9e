import { isIP } from 'node:net'
import type { Endpoint } from '../endpoint/endpoint.ts'
import { HttpError } from '../web/errors.ts'
import type { RequestHead } from '../web/whole-request.ts'
import { isLoopback } from './loopback.ts'

/** The request was sent, or could have been sent, by a web page that somebody else serves. */
export class ForeignPageError extends HttpError {
  readonly code = 'ERR_FOREIGN_PAGE'
  readonly status = 403

  constructor({ headers: { host, origin } }: RequestHead) {
    const page = origin === undefined ? '' : ` by a page of ${origin}`
    super(
      `A request to ${host}${page} is refused: ask for an IP address or localhost, and from no page but the daemon's own`,
    )
  }
}

/**
 * Whether a daemon that listens on `endpoint` must refuse a request, because a browser would send it in the name of anybody's page: its
 * `Origin` is not the host asked for; or, on a loopback interface, that host is neither an address nor `localhost`, for anybody can bind a
 * name of their own to 127.0.0.1 (DNS rebinding). On other interfaces a daemon cannot know all of its names.
 */
export function isFromForeignPage(request: RequestHead, endpoint: Endpoint): boolean {
  return !isSameOrigin(request) || !isOwnName(request.headers.host, endpoint) || namesAnother(request)
}

/** Whether a second `Host`, or the target of the request, names another host than `Host` does: of what is asked in the name of two hosts nobody knows which is meant. */
function namesAnother(request: RequestHead & { readonly rawHeaders?: readonly string[] }): boolean {
  const { url = '/', headers, rawHeaders = [] } = request
  const hosts = rawHeaders.filter((_, at) => at % 2 === 1 && rawHeaders[at - 1]?.toLowerCase() === 'host')
  if (hosts.length > 1) return true
  const target = url.startsWith('/') ? null : URL.parse(url)
  return target !== null && target.host !== URL.parse(`${target.protocol}//${headers.host ?? ''}`)?.host
}

/** Whether it comes from a program, which sends no `Origin`, or from a page of the host that it is sent to. */
export function isSameOrigin({ headers: { origin, host } }: RequestHead): boolean {
  if (origin === undefined) return true
  const page = URL.parse(origin)
  return page !== null && page.host !== '' && page.host === URL.parse(`${page.protocol}//${host ?? ''}`)?.host
}

/** Nothing but a name or an address and a port, which no reader can take for anything else: no user, no path. */
const HOST = /^(?:\[[0-9a-f:.]+\]|[\w.-]+)(?::\d{0,5})?$/i

/** What most programs say, and is quickly seen. */
const USUAL = /^(?:localhost|127\.0\.0\.1)(?::\d{1,5})?$/

/** Whether a `Host` cannot but mean this machine. A name, other than by an address, could have been bound to it by anybody. */
export function isThisMachine(host: string | undefined): boolean {
  if (host === undefined) return false
  if (USUAL.test(host)) return true
  if (!HOST.test(host)) return false
  const hostname = URL.parse(`http://${host}`)?.hostname ?? ''
  return /^(.+\.)?localhost\.?$/.test(hostname) || isIP(hostname.replace(/^\[(.*)\]$/, '$1')) > 0
}

/** No browser leaves out the host. */
function isOwnName(host: string | undefined, endpoint: Endpoint): boolean {
  const isLocal = endpoint.scheme === 'tcp' && endpoint.host !== undefined && isLoopback(endpoint.host)
  return !isLocal || host === undefined || isThisMachine(host)
}
