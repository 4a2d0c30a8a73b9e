import type { IncomingMessage, ServerResponse } from 'node:http'
import type { ServiceStatus } from '../application/service.ts'
import { abortable, timeLimit } from '../core/abort.ts'
import type { Clock } from '../core/clock.ts'
import { sendJson } from './json.ts'

/** The routes by which others ask how a Site is. */
export interface HealthOptions {
  /** Answers 200 as long as requests are answered at all. Default `/healthz`. */
  livePath?: string
  /** Answers 200 while the Site is ready (or degraded) and `ready` agrees, 503 otherwise, draining included. Default `/readyz`. */
  readyPath?: string
  /** What else has to hold to be ready. False, an error, or no answer in time: not ready. */
  ready?: (signal: AbortSignal) => boolean | Promise<boolean>
  /** How long `ready` may take. Default 2,000. */
  readyTimeoutMs?: number
}

/** What the routes tell about. */
export interface HealthSubject {
  readonly clock: Clock
  statusNow(): ServiceStatus
}

/**
 * Makes a function that answers `GET` and `HEAD` of the health routes, with `{"status": …}`, and is false for all other requests, which
 * are then not answered.
 */
export function healthRoutes(
  subject: HealthSubject,
  options: HealthOptions = {},
): (request: IncomingMessage, response: ServerResponse) => boolean {
  const { livePath = '/healthz', readyPath = '/readyz' } = options
  return (request, response) => {
    const { method, url = '/' } = request
    if (method !== 'GET' && method !== 'HEAD') return false
    if (isAt(url, livePath)) send(response, 200, subject.statusNow())
    else if (isAt(url, readyPath)) void answerReady(response, subject, options)
    else return false
    return true
  }
}

async function answerReady(response: ServerResponse, subject: HealthSubject, options: HealthOptions): Promise<void> {
  const isReady = isServing(subject.statusNow()) && (await isAgreed(subject.clock, options))
  const status = subject.statusNow()
  if (isReady && isServing(status)) send(response, 200, status)
  else send(response, 503, isServing(status) ? 'not ready' : status)
}

async function isAgreed(clock: Clock, { ready, readyTimeoutMs = 2000 }: HealthOptions): Promise<boolean> {
  if (!ready) return true
  using limit = timeLimit(clock, readyTimeoutMs)
  try {
    return await abortable(Promise.resolve(ready(limit.signal)), limit.signal)
  } catch {
    return false
  }
}

function isServing(status: ServiceStatus): boolean {
  return status === 'ready' || status === 'degraded'
}

function isAt(url: string, path: string): boolean {
  return url.startsWith(path) && (url.length === path.length || url[path.length] === '?')
}

function send(response: ServerResponse, code: number, status: string): void {
  if (!response.destroyed) sendJson(response, { status }, { status: code, headers: { 'cache-control': 'no-store' } })
}
