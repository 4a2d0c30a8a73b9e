import { AccessRulesError } from './errors.ts'
import { type AccessKind, Grants, type GrantTable, LEVELS, levelOf } from './grants.ts'

/** The most tokens, and the most patterns of one. */
const TOKENS_MAX = 10_000
const PATTERNS_MAX = 1_000

/** One who has rights: by a token, by a client certificate, or both. */
export interface Principal {
  readonly name: string
  /** The hash of the token, as `tokenHash` makes it. */
  readonly hash: string | undefined
  /** The common name of the certificate. */
  readonly certificate: string | undefined
  readonly grants: Grants
  /** The most writes per second; undefined for any number. */
  readonly writesPerSecond: number | undefined
}

/** All rules, as they were read. */
export interface AccessRules {
  readonly anonymous: Grants
  /** By their hashes. */
  readonly byHash: ReadonlyMap<string, Principal>
  /** By the names in their certificates. */
  readonly byCertificate: ReadonlyMap<string, Principal>
}

const HASH = /^sha256:[A-Za-z0-9_-]{43}$/

const PRINCIPAL_FIELDS: ReadonlySet<string> = new Set([
  'name',
  'hash',
  'certificate',
  'writesPerSecond',
  ...Object.keys(LEVELS),
])

/**
 * Reads rules from JSON, see docs/reference/access.md:
 *
 *     { "anonymous": { "services": { "*": "read" } },
 *       "tokens": [{ "name": "orders", "hash": "sha256:…", "services": { "orders": "register", "*": "read" } }] }
 *
 * What is not known is an error, so that a slip of the pen takes no right away unseen and gives none. Throws `AccessRulesError`.
 */
export function readAccessRules(text: string, path: string): AccessRules {
  const refuse = (problem: string) => new AccessRulesError(path, problem)
  const root = objectOf(parse(text, path), { what: 'the file', refuse })
  requireFields(root, { known: new Set(['anonymous', 'tokens']), what: 'the file', refuse })
  const anonymous = objectOf(root['anonymous'] ?? {}, { what: '"anonymous"', refuse })
  requireFields(anonymous, { known: new Set(Object.keys(LEVELS)), what: '"anonymous"', refuse })
  const tokens = root['tokens'] ?? []
  if (!Array.isArray(tokens) || tokens.length > TOKENS_MAX)
    throw refuse(`"tokens" must be a list of at most ${TOKENS_MAX}`)
  const principals = tokens.map((token, index) => principalOf(token, { what: `token ${index + 1}`, refuse }))
  requireUnique(
    principals.map(({ name }) => name),
    'name',
    refuse,
  )
  return {
    anonymous: new Grants(tableOf(anonymous, { what: '"anonymous"', refuse })),
    byHash: indexed(principals, 'hash', refuse),
    byCertificate: indexed(principals, 'certificate', refuse),
  }
}

interface Reading {
  /** What is read, for the message of an error. */
  readonly what: string
  readonly refuse: (problem: string) => AccessRulesError
}

function parse(text: string, path: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // The message of the cause would quote the file.
    throw new AccessRulesError(path, 'it is not JSON')
  }
}

function principalOf(value: unknown, { what, refuse }: Reading): Principal {
  const fields = objectOf(value, { what, refuse })
  const { name, hash, certificate, writesPerSecond } = fields
  if (typeof name !== 'string' || name === '' || name.length > 255) throw refuse(`${what} needs a "name"`)
  const named = `the token "${name}"`
  requireFields(fields, { known: PRINCIPAL_FIELDS, what: named, refuse })
  if (hash === undefined && certificate === undefined) throw refuse(`${named} has neither "hash" nor "certificate"`)
  if (hash !== undefined && !(typeof hash === 'string' && HASH.test(hash)))
    throw refuse(`the "hash" of ${named} is not what "ropewalk token" prints`)
  if (certificate !== undefined && !(typeof certificate === 'string' && certificate !== ''))
    throw refuse(`the "certificate" of ${named} must be the common name of one`)
  if (writesPerSecond !== undefined && !(typeof writesPerSecond === 'number' && writesPerSecond > 0))
    throw refuse(`the "writesPerSecond" of ${named} must be a number above 0`)
  return { name, hash, certificate, writesPerSecond, grants: new Grants(tableOf(fields, { what: named, refuse })) }
}

function tableOf(fields: Readonly<Record<string, unknown>>, { what, refuse }: Reading): GrantTable {
  const table: Partial<Record<AccessKind, Record<string, string>>> = {}
  for (const kind of Object.keys(LEVELS) as AccessKind[]) {
    if (fields[kind] === undefined) continue
    const patterns = objectOf(fields[kind], { what: `"${kind}" of ${what}`, refuse })
    const entries = Object.entries(patterns)
    if (entries.length > PATTERNS_MAX) throw refuse(`"${kind}" of ${what} has more than ${PATTERNS_MAX} patterns`)
    for (const [pattern, level] of entries) {
      if (typeof level !== 'string' || levelOf(kind, level) < 0)
        throw refuse(`"${kind}" of ${what} gives "${pattern}" a right that is none of ${LEVELS[kind].join(', ')}`)
    }
    table[kind] = patterns as Record<string, string>
  }
  return table
}

function objectOf(value: unknown, { what, refuse }: Reading): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw refuse(`${what} must be an object`)
  return value as Readonly<Record<string, unknown>>
}

function requireFields(
  fields: Readonly<Record<string, unknown>>,
  { known, what, refuse }: Reading & { known: ReadonlySet<string> },
): void {
  const unknown = Object.keys(fields).find(name => !known.has(name))
  if (unknown !== undefined) throw refuse(`${what} has the field "${unknown}", which means nothing`)
}

function indexed(
  principals: readonly Principal[],
  field: 'hash' | 'certificate',
  refuse: Reading['refuse'],
): ReadonlyMap<string, Principal> {
  const entries = principals.flatMap(principal => {
    const key = principal[field]
    return key === undefined ? [] : [[key, principal] as const]
  })
  requireUnique(
    entries.map(([key]) => key),
    field,
    refuse,
  )
  return new Map(entries)
}

function requireUnique(values: readonly string[], field: string, refuse: Reading['refuse']): void {
  const seen = new Set(values)
  if (seen.size < values.length) throw refuse(`two tokens have the same ${field}`)
}
