import { ConsulRefusedError } from '../errors.ts'

/** What the Consul API keeps at most beside what the Store has. Beyond it a write is refused with 500 and the reason; what is there stays. */
export const CONSUL_LIMITS = {
  nodes: 100_000,
  services: 1_000_000,
  checks: 1_000_000,
  /** Bytes of a name, an id, an address. Notes and metadata may be as long as the body of a request. */
  textBytes: 4_096,
  /** Tags of a service. */
  tags: 1_000,
  /** Bytes of a check's output. */
  outputBytes: 4_096,
  keys: 1_000_000,
  /** Bytes of a key. */
  keyBytes: 2_048,
  /** Bytes of a value, as Consul's `kv_max_value_size`. */
  valueBytes: 512 * 1024,
  /** Bytes of all values. */
  valuesBytes: 1024 * 1024 * 1024,
  sessions: 100_000,
  queries: 10_000,
  tokens: 100_000,
  policies: 10_000,
  roles: 10_000,
  /** Operations of one transaction. */
  operations: 64,
  /** Events that are remembered. */
  events: 256,
  eventBytes: 8_192,
} as const

/** Throws `ConsulRefusedError` when there are as many as there may be. */
export function requireRoom(
  what: keyof typeof CONSUL_LIMITS,
  count: number,
  limit: number = CONSUL_LIMITS[what],
): void {
  if (count < limit) return
  throw new ConsulRefusedError(500, `The registry is full: it takes at most ${limit} ${what}`)
}

/** Throws `ConsulRefusedError` for a text that is longer than a name, an id or an address may be. */
export function requireShort(field: string, ...values: readonly (string | undefined)[]): void {
  for (const value of values) {
    // A character of UTF-16 is at most three bytes of UTF-8: most need not be counted.
    if (value === undefined || value.length * 3 <= CONSUL_LIMITS.textBytes) continue
    if (Buffer.byteLength(value) <= CONSUL_LIMITS.textBytes) continue
    throw new ConsulRefusedError(400, `${field} is longer than ${CONSUL_LIMITS.textBytes} bytes`)
  }
}

/** Throws `ConsulRefusedError` for more tags than a service may have, and for one that is too long. */
export function requireFewTags(tags: readonly string[] = []): void {
  requireShort('A tag', ...tags)
  if (tags.length <= CONSUL_LIMITS.tags) return
  throw new ConsulRefusedError(400, `A service has at most ${CONSUL_LIMITS.tags} tags`)
}
