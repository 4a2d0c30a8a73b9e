import type { IncomingMessage } from 'node:http'
import { request as requestHttps } from 'node:https'
import { http } from '../../../core/node-http.ts'
import type { CheckStatus } from '../state/rows.ts'
import type { CheckFields } from './check-definition.ts'
import { critical, dialProblem, type Finding, type Probe } from './probe.ts'

/** As Go's client does. */
const REDIRECTS_MAX = 10

/** Whether a request is answered: 2xx is passing, 429 a warning, everything else critical. Of the answer's body `outputBytesMax` are shown. */
export function httpProbe(fields: CheckFields, outputBytesMax: number): Probe {
  const { HTTP: url = '', Method: method = '' } = fields
  const shown = method || 'GET'
  return async signal => {
    try {
      const response = await follow(fields, { url, signal })
      const body = await beginning(response, outputBytesMax)
      const { statusCode = 0 } = response
      const status = `${statusCode} ${http.STATUS_CODES[statusCode] ?? response.statusMessage ?? ''}`
      return {
        status: statusOf(statusCode),
        output: `HTTP ${shown} ${url}: ${status} Output: ${body}`,
      } satisfies Finding
    } catch (error) {
      return critical(`${goMethod(shown)} ${JSON.stringify(url)}: ${problemOf(url, error)}`)
    }
  }
}

function statusOf(code: number): CheckStatus {
  if (code >= 200 && code <= 299) return 'passing'
  return code === 429 ? 'warning' : 'critical'
}

interface Target {
  readonly url: string
  readonly signal: AbortSignal
}

async function follow(fields: CheckFields, { url, signal }: Target): Promise<IncomingMessage> {
  let target = new URL(url)
  let { Method = '', Body = '' } = fields
  for (let redirects = 0; redirects <= REDIRECTS_MAX; redirects++) {
    const response = await ask({ ...fields, Method, Body }, { url: target.href, signal })
    const { statusCode = 0, headers } = response
    if (![301, 302, 303, 307, 308].includes(statusCode) || headers.location === undefined) return response
    response.resume()
    target = new URL(headers.location, target)
    if (statusCode > 303 || Method === 'HEAD') continue
    Method = 'GET'
    Body = ''
  }
  throw new Error(`stopped after ${REDIRECTS_MAX} redirects`)
}

function ask(fields: CheckFields, { url, signal }: Target): Promise<IncomingMessage> {
  const { Method: method = '', Body: body = '', Header: header = {}, TLSSkipVerify = false } = fields
  const headers: Record<string, readonly string[] | string> = {
    'User-Agent': 'Consul Health Check',
    Accept: 'text/plain, text/*, */*',
    ...(body !== '' && { 'Content-Length': String(Buffer.byteLength(body)) }),
    ...header,
  }
  const options = {
    method: method || 'GET',
    headers: headers as Record<string, string | string[]>,
    signal,
    agent: false,
  }
  return new Promise((resolve, reject) => {
    const request = url.startsWith('https:')
      ? requestHttps(url, { ...options, rejectUnauthorized: !TLSSkipVerify })
      : http.request(url, options)
    request.once('response', resolve).once('error', reject).end(body)
  })
}

async function beginning(response: IncomingMessage, bytesMax: number): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk)
    bytes += chunk.length
    if (bytes >= bytesMax) break
  }
  return Buffer.concat(chunks).subarray(0, bytesMax).toString()
}

/** Go names the method of a failed request like a word. */
function goMethod(method: string): string {
  return method.slice(0, 1).toUpperCase() + method.slice(1).toLowerCase()
}

function problemOf(url: string, error: unknown): string {
  const { code, message, name } = error as NodeJS.ErrnoException
  if (name === 'AbortError') return 'context deadline exceeded (Client.Timeout exceeded while awaiting headers)'
  const host = URL.parse(url)?.host
  return code === undefined || host === undefined ? message : dialProblem(host, error)
}
