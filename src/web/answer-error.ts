import type { IncomingMessage, ServerResponse } from 'node:http'
import { publish } from '../core/event.ts'
import { ClientGoneError, HttpError, InternalError } from './errors.ts'
import { sendJson } from './json.ts'

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
  const status = error instanceof HttpError ? error.status : given
  if (status === undefined) tellFailure(request, error)
  if (response.headersSent || response.destroyed) {
    response.destroy()
    return
  }
  for (const name of response.getHeaderNames()) if (name !== 'connection') response.removeHeader(name)
  response.statusMessage = ''
  const headers = error instanceof HttpError ? error.headers : {}
  const shown = describe(status === undefined ? new InternalError() : error)
  sendJson(response, { error: shown }, { status: status ?? 500, headers })
}

function describe(error: unknown): { code: string; message: string } {
  const { code = 'ERR_INTERNAL', message = String(error) } = (error ?? {}) as { code?: string; message?: string }
  return { code, message }
}

function tellFailure(request: IncomingMessage, error: unknown): void {
  const { method, url } = request
  publish('web', {
    level: 'error',
    event: 'request.failed',
    message: `${method} ${url} failed: ${String(error)}`,
    method,
    url,
    error,
  })
}
