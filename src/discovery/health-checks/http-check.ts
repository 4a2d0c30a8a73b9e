import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { http } from '../../core/node-http.ts'
import type { HealthCheck } from '../health-check.ts'

/** What an HTTP check asks, and what it takes for an answer. */
export interface HttpCheckOptions {
  /** What to ask for; a function where the port is known only later. */
  url: string | URL | (() => string | URL)
  /** Default GET. */
  method?: string
  headers?: Readonly<Record<string, string>>
  /** Which statuses are well. Default: 200 to 399. */
  accepts?: (status: number) => boolean
}

/** Checks that an HTTP(S) server answers with a status that is well, each time over a connection of its own. The body is not read. */
export function httpCheck({ url, method = 'GET', headers = {}, accepts = isWell }: HttpCheckOptions): HealthCheck {
  return {
    name: 'http',
    async check({ signal }) {
      const target = new URL(typeof url === 'function' ? url() : url)
      const send = target.protocol === 'https:' ? httpsRequest : http.request
      const request = send(target, { method, headers, signal, agent: false })
      request.on('error', () => {})
      request.end()
      const [response] = (await once(request, 'response', { signal })) as [IncomingMessage]
      response.destroy()
      const { statusCode = 0 } = response
      if (!accepts(statusCode)) throw new Error(`${method} ${target.href} answered ${statusCode}`)
    },
  }
}

function isWell(status: number): boolean {
  return status >= 200 && status < 400
}
