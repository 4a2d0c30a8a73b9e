import { ConsulRefusedError } from '../errors.ts'

const PAIRS_MAX = 64
const KEY_CHARACTERS_MAX = 128
const VALUE_CHARACTERS_MAX = 512

/** Throws `ConsulRefusedError` for metadata of a service that Consul would not take. */
export function validateMeta(meta: Readonly<Record<string, string>> | undefined): void {
  const problem = meta && metaProblem(meta)
  if (problem) throw new ConsulRefusedError(400, `Invalid Service Meta: ${problem}`)
}

/** What is wrong with metadata; undefined for nothing. */
export function metaProblem(meta: Readonly<Record<string, string>>): string | undefined {
  const pairs = Object.entries(meta)
  if (pairs.length > PAIRS_MAX) return `Node metadata cannot contain more than ${PAIRS_MAX} key/value pairs`
  for (const [key, value] of pairs) {
    const problem = pairProblem(key, value)
    if (problem) return `Couldn't load metadata pair ('${key}', '${value}'): ${problem}`
  }
  return undefined
}

function pairProblem(key: string, value: string): string | undefined {
  if (key === '') return 'Key cannot be blank'
  if (!/^[a-zA-Z0-9_-]+$/.test(key)) return 'Key contains invalid characters'
  if (key.length > KEY_CHARACTERS_MAX) return `Key is too long (limit: ${KEY_CHARACTERS_MAX} characters)`
  if (key.startsWith('consul-')) return `Key prefix 'consul-' is reserved for internal use`
  return value.length > VALUE_CHARACTERS_MAX
    ? `Value is too long (limit: ${VALUE_CHARACTERS_MAX} characters)`
    : undefined
}
