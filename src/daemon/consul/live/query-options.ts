import { once } from '../../once.ts'
import { ConsulRefusedError } from '../errors.ts'
import { parseGoDuration } from '../go/duration.ts'
import type { Call } from '../http/call.ts'
import type { Query } from '../http/query-cache.ts'

/** How a read is to be done. */
export interface QueryOptions {
  /** The index of what the client has; 0 if it has nothing, and does not wait. */
  readonly index: number
  /** How long it waits for a change, without the jitter. */
  readonly waitMs: number
  readonly consistency: 'leader' | 'stale' | 'consistent'
  readonly isCached: boolean
}

const WAIT_MS = 5 * 60_000
const WAIT_MS_MAX = 10 * 60_000

const PLAIN: QueryOptions = { index: 0, waitMs: WAIT_MS, consistency: 'leader', isCached: false }

const NO_PATH = 'No path to datacenter'

/** What an error of a read carries, as if no leader had been asked. */
export const ASKED_NOBODY = { 'X-Consul-Index': '1', 'X-Consul-Knownleader': 'false', 'X-Consul-Lastcontact': '0' }

/**
 * Reads the parameters that all reads take: `index`, `wait`, `stale`, `consistent`, `cached`, `dc`. `missing` is what to say where the path does not
 * say of what. Throws `ConsulRefusedError`.
 */
export function queryOptions(call: Call, datacenter: string, missing?: string): QueryOptions {
  const options = waitOptions(call)
  if (missing !== undefined && call.rest === '') throw new ConsulRefusedError(400, missing)
  if (!isOurs(call, datacenter)) throw unanswerable(NO_PATH)
  return options
}

/** The same without `dc`, for what every agent knows by itself. Throws `ConsulRefusedError`. */
export function waitOptions(call: Call): QueryOptions {
  if (call.request.headers['cache-control'] !== undefined) freshnessOptions(call)
  return call.isPlain ? PLAIN : optionsOf(call.query)
}

/** Only how fresh the answer has to be, for what nobody waits for and what is the same in every data centre. Throws `ConsulRefusedError`. */
export function freshnessOptions(call: Call): Pick<QueryOptions, 'consistency' | 'isCached'> {
  const consistency = consistencyOf(call.query)
  requireCacheControl(call.request.headers['cache-control'] ?? '')
  return { consistency, isCached: call.has('cached') }
}

/** Its ages have to be whole seconds; what they say means nothing here, where every answer is fresh. Throws `ConsulRefusedError`. */
function requireCacheControl(header: string): void {
  for (const directive of header.toLowerCase().split(',')) {
    const [, age] = /^(?:max-age|stale-if-error)=(.*)$/.exec(directive.trim()) ?? []
    if (age !== undefined && !/^[+-]?\d+$/.test(age)) throw new ConsulRefusedError(400, 'Invalid Cache-Control header.')
  }
}

const optionsOf = once((query: Query): QueryOptions => {
  const consistency = consistencyOf(query)
  const waitMs = wait(query.get('wait') ?? '')
  const index = uint(query.get('index') ?? '')
  return { index, waitMs, consistency, isCached: query.has('cached') }
})

/** Throws `ConsulRefusedError` for another data centre than ours, as of a write: Consul says nothing of indexes with it. */
export function requireDatacenter(call: Call, datacenter: string): void {
  if (!isOurs(call, datacenter)) throw new ConsulRefusedError(500, NO_PATH)
}

function isOurs(call: Call, datacenter: string): boolean {
  const dc = call.isPlain ? '' : call.param('dc')
  return dc === '' || dc === datacenter
}

/** The refusal of a read that could not be evaluated. */
export function unanswerable(message: string): ConsulRefusedError {
  return new ConsulRefusedError(500, message, ASKED_NOBODY)
}

function uint(text: string): number {
  if (text === '') return 0
  if (!/^\d{1,20}$/.test(text) || BigInt(text) >= 2n ** 64n) throw new ConsulRefusedError(400, 'Invalid index')
  return Number(text)
}

function wait(text: string): number {
  if (text === '') return WAIT_MS
  const ns = parseGoDuration(text)
  if (ns === undefined) throw new ConsulRefusedError(400, 'Invalid wait time')
  return ns <= 0 ? WAIT_MS : Math.min(WAIT_MS_MAX, ns / 1e6)
}

function consistencyOf(query: Query): QueryOptions['consistency'] {
  const isStale = query.has('stale') || maxStale(query.get('max_stale') ?? '') > 0
  if (query.has('consistent')) {
    if (isStale) refuseTogether('stale')
    if (query.has('cached')) refuseTogether('cached')
    return 'consistent'
  }
  return isStale ? 'stale' : 'leader'
}

/** In nanoseconds. How stale an answer may be means nothing here, where none is. */
function maxStale(text: string): number {
  if (text === '') return 0
  const ns = parseGoDuration(text)
  if (ns === undefined) throw new ConsulRefusedError(400, `Invalid max_stale value ${JSON.stringify(text)}`)
  return ns
}

function refuseTogether(other: string): never {
  throw new ConsulRefusedError(400, `Cannot specify ?${other} with ?consistent, conflicting semantics.`)
}
