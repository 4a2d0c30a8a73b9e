import { ConsulRefusedError } from '../errors.ts'
import { formatGoDuration } from '../go/duration.ts'
import type { TokenFields } from './token-row.ts'

const TTL_MS_MIN = 60_000
const TTL_MS_MAX = 24 * 3_600_000
const NS_PER_MS = 1e6

/** When a token ends that is made now, as an ISO time; undefined for never. Throws `ConsulRefusedError` for less than a minute, and for more than a day. */
export function expirationOf({ ExpirationTTL = 0, ExpirationTime }: TokenFields, now: number): string | undefined {
  if (ExpirationTTL !== 0 && ExpirationTime !== undefined)
    throw new ConsulRefusedError(500, 'Token Expiration TTL and Expiration Time cannot both be set')
  if (ExpirationTTL < 0)
    throw new ConsulRefusedError(500, `Token Expiration TTL '${ExpirationTTL / 1e9}s' should be > 0`)
  const at = ExpirationTTL === 0 ? timeOf(ExpirationTime) : now + ExpirationTTL / NS_PER_MS
  if (at === undefined) return undefined
  const leftMs = at - now
  if (leftMs <= 0) throw new ConsulRefusedError(500, 'ExpirationTime cannot be before CreateTime')
  const was = `in the future (was ${formatGoDuration(leftMs * NS_PER_MS)})`
  if (leftMs < TTL_MS_MIN) throw new ConsulRefusedError(500, `ExpirationTime cannot be less than 1m0s ${was}`)
  if (leftMs > TTL_MS_MAX) throw new ConsulRefusedError(500, `ExpirationTime cannot be more than 24h0m0s ${was}`)
  return new Date(at).toISOString()
}

function timeOf(text: string | undefined): number | undefined {
  if (text === undefined || text.startsWith('0001-01-01')) return undefined
  const time = Date.parse(text)
  if (!Number.isNaN(time)) return time
  throw new ConsulRefusedError(400, `Bad request: Token decoding failed: parsing time ${JSON.stringify(text)}`)
}
