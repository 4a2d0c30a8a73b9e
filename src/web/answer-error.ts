import type { IncomingMessage, ServerResponse } from 'node:http'
import { publish } from '../core/event.ts'
import { ClientGoneError, HttpError, InternalError } from './errors.ts'
import { sendJson } from './json.ts'
import type { RequestHead, WholeAnswer } from './whole-request.ts'

/** What an error is the answer to. `status` is for errors that do not say it themselves. */
export interface FailedExchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly status?: number | undefined
}

/**
 * Answers with what a handler threw, as `{"error": {"code", "message"}}`. An error without a status becomes a bare 500, because its text
 * may be a secret, and the event `request.failed`. Headers and
 * the status text that were set for another answer are dropped; an answer that has begun is cut off, so that nobody takes it for a whole one.
 */
export function answerError({ request, response, status: given }: FailedExchange, error: unknown): void {
  if (response.destroyed && error instanceof ClientGoneError) return
  const status = statusOf(request, { error, given })
  if (response.headersSent || response.destroyed) {
    response.destroy()
    return
  }
  for (const name of response.getHeaderNames()) if (name !== 'connection') response.removeHeader(name)
  response.statusMessage = ''
  sendJson(response, contentOf(error, status), { status: status ?? 500, headers: headersOf(error) })
}

/** The same answer, to be sent by others. */
export function errorAnswer(request: RequestHead, error: unknown): WholeAnswer {
  const status = statusOf(request, { error, given: undefined })
  const bytes = Buffer.from(JSON.stringify(contentOf(error, status)))
  const lengths = ['content-type', 'application/json; charset=utf-8', 'content-length', String(bytes.length)]
  return {
    status: status ?? 500,
    headers: [...lengths, ...Object.entries(headersOf(error)).flat()],
    body: { bytes, latin1: bytes.toString('latin1') },
  }
}

/** Undefined for what nobody expected, which is told. */
function statusOf(
  request: RequestHead,
  { error, given }: { error: unknown; given: number | undefined },
): number | undefined {
  const status = error instanceof HttpError ? error.status : given
  if (status === undefined) tellFailure(request, error)
  return status
}

function headersOf(error: unknown): Record<string, string> {
  return error instanceof HttpError ? error.headers : {}
}

function contentOf(error: unknown, status: number | undefined): object {
  return { error: describe(status === undefined ? new InternalError() : error) }
}

function describe(error: unknown): { code: string; message: string } {
  const { code = 'ERR_INTERNAL', message = String(error) } = (error ?? {}) as { code?: string; message?: string }
  return { code, message }
}

function tellFailure(request: RequestHead, error: unknown): void {
  const { method } = request
  // What follows the question mark may be a secret, such as the token of a client of Consul.
  const [url = ''] = (request.url ?? '').split('?')
  publish('web', {
    level: 'error',
    event: 'request.failed',
    message: `${method} ${url} failed: ${String(error)}`,
    method,
    url,
    error,
  })
}
