import { type Dispatcher, fetch } from 'undici'
import { fetchArguments } from '../fetch-arguments.ts'
import type { Redirect } from './light-fetch.ts'
import type { PlainRequest } from './plain-request.ts'

/** What tells of a body that is no longer there. */
const OF_BODIES = ['content-encoding', 'content-language', 'content-location', 'content-type', 'content-length']

/** What is not for another origin. */
const OF_ORIGINS = ['authorization', 'proxy-authorization', 'cookie', 'host']

/**
 * Goes where the answer to `request` sends, by undici's fetch, which follows further. @see the Fetch standard, "HTTP-redirect fetch"
 */
export async function followRedirect(
  dispatcher: Dispatcher,
  request: PlainRequest,
  { status, location }: Redirect,
): Promise<Response> {
  const url = URL.parse(location, request.origin + request.path)
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw new TypeError('fetch failed', { cause: new Error(`A redirect to ${JSON.stringify(location)} leads nowhere`) })
  }
  const headers = new Headers()
  for (let at = 0; at < request.headers.length; at += 2)
    headers.append(...(request.headers.slice(at, at + 2) as [string, string]))
  const isBecomingGet = becomesGet(status, request.method)
  const { method, body } = isBecomingGet ? { method: 'GET', body: null } : request
  if (isBecomingGet) for (const name of OF_BODIES) headers.delete(name)
  if (url.origin !== request.origin) for (const name of OF_ORIGINS) headers.delete(name)
  const init = { method, headers, body, ...(request.signal && { signal: request.signal }) }
  const response = await fetch(...fetchArguments(dispatcher, url, init))
  const type = url.origin === request.origin ? response.type : 'cors'
  return Object.defineProperties(response, { redirected: { value: true }, type: { value: type } })
}

function becomesGet(status: number, method: string): boolean {
  if (status === 303) return method !== 'GET' && method !== 'HEAD'
  return (status === 301 || status === 302) && method === 'POST'
}
