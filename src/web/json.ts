import type { IncomingMessage, ServerResponse } from 'node:http'
import { endWith } from './end-with.ts'
import { BodyInvalidError } from './errors.ts'
import { type BodyOptions, readBody } from './body.ts'

/** How to send an answer. */
export interface SendOptions {
  /** Default 200. */
  status?: number
  /** Added to `Content-Type` and `Content-Length`. */
  headers?: Record<string, string>
}

/** Answers with `value` as JSON. `undefined` is sent as `null`. */
export function sendJson(response: ServerResponse, value: unknown, options?: SendOptions): void {
  sendJsonText(response, JSON.stringify(value) ?? 'null', options)
}

/** Answers with JSON that was serialised before, so that what many ask for is made only once. */
export function sendJsonText(response: ServerResponse, text: string | Buffer, options: SendOptions = {}): void {
  const { status = 200, headers } = options
  const length = typeof text === 'string' ? Buffer.byteLength(text) : text.length
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': length,
    ...headers,
  })
  if (typeof text === 'string') response.end(text)
  else endWith(response, text)
}

/**
 * The body of `request` as JSON, whatever its `Content-Type`; undefined if it is empty. Rejects with BodyTooLargeError,
 * BodyInvalidError (not JSON, or not UTF-8) or ClientGoneError.
 */
export async function readJson(request: IncomingMessage, options?: BodyOptions): Promise<unknown> {
  const body = await readBody(request, options)
  if (body.length === 0) return undefined
  try {
    return JSON.parse(utf8.decode(body))
  } catch (cause) {
    throw new BodyInvalidError({ cause })
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true })
