import { PATIENCE_MS } from '../../patience.ts'

/** How often it is asked again, in milliseconds. */
const POLL_MS = 50

/** One request, and what of its answer goes into later ones. */
export interface Exchange {
  readonly method: string
  /** `$name` stands for what an earlier exchange kept under that name. */
  readonly path: string
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
  /** Keeps a field of the answer, for later exchanges. */
  readonly keep?: Readonly<Record<string, (body: Json) => string>>
  /** Waits until the answer is so, for what both sides do in their own time. */
  readonly until?: (body: Json) => boolean
  /** Of a text the numbers are not compared. */
  readonly seesNoNumbers?: boolean
  /** Of a text nothing is compared that comes after this. */
  readonly seesUpTo?: string
  /** Of an answer that is no refusal nothing is seen but that it is none. */
  readonly seesOnlyRefusals?: boolean
}

/** What a test knows better than the compiler. */
export type Json = ReturnType<typeof JSON.parse>

/** An answer with everything left out that differs from run to run. */
export interface Seen {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: unknown
}

const HEADERS = [
  'content-type',
  'allow',
  'location',
  'x-cache',
  'x-consul-reason',
  'x-consul-knownleader',
  'x-consul-lastcontact',
  'x-consul-effective-consistency',
  'x-consul-contenthash',
  'content-security-policy',
  'x-content-type-options',
]

const PRESENCE = ['x-consul-index', 'vary']

/** Asks one side after the other, in order, and tells what each answered. */
export class Side {
  readonly #base: string
  readonly #kept = new Map<string, string>()

  constructor(base: string) {
    this.#base = base
  }

  async ask(exchange: Exchange): Promise<Seen> {
    const path = this.#filled(exchange.path)
    for (let attempt = 0; ; attempt++) {
      const response = await fetch(this.#base + path, {
        method: exchange.method,
        redirect: 'manual',
        headers: exchange.headers ?? {},
        signal: AbortSignal.timeout(PATIENCE_MS),
        ...(exchange.body !== undefined && { body: this.#body(exchange.body) }),
      })
      const text = await response.text()
      const body = parsed(text, response.headers.get('content-type') ?? '')
      if (exchange.until && !exchange.until(body) && attempt < PATIENCE_MS / POLL_MS) {
        await new Promise(resolve => setTimeout(resolve, POLL_MS))
        continue
      }
      for (const [name, pick] of Object.entries(exchange.keep ?? {})) this.#kept.set(name, pick(body))
      if (exchange.seesOnlyRefusals && response.ok)
        return { status: response.status, headers: {}, body: text === '[]' ? 'empty' : 'something' }
      return {
        status: response.status,
        headers: headersOf(response.headers),
        body: this.#normal(bodySeen(exchange, { path, text, body })),
      }
    }
  }

  #filled(text: string): string {
    return text.replace(/\$(\w+)/g, (whole, name: string) => this.#kept.get(name) ?? whole)
  }

  #body(body: unknown): string {
    return this.#filled(typeof body === 'string' ? body : JSON.stringify(body))
  }

  /** Indexes, times and ids that each side makes for itself are of no interest. */
  #normal(value: unknown, key = ''): unknown {
    // Consul shows it to who administers tokens, and here nobody has it any more.
    if (key === 'Token' && value !== '') return '#'
    if (/^(Create|Modify)Index$|^LTime$|^Last(Term|Index)$|^StableSince$|^Hash$|^CreateTime$|^SecretID$/.test(key))
      return '#'
    if (Array.isArray(value)) return value.map(item => this.#normal(item))
    if (typeof value === 'object' && value !== null) {
      return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, this.#normal(item, name)]))
    }
    if (typeof value !== 'string') return value
    let normal = value
    for (const [name, text] of this.#kept) if (text !== '') normal = withName(normal, { name, text })
    return normal
  }
}

function bodySeen(
  { seesNoNumbers, seesUpTo }: Exchange,
  { path, text, body }: { path: string; text: string; body: Json },
): Json {
  if (seesUpTo !== undefined) return text.includes(seesUpTo) ? text.split(seesUpTo)[0] + seesUpTo : text
  return seesNoNumbers ? text.replaceAll(/\d+/g, '#') : orderly(path, body)
}

/** With the name of what was kept in its place, where it is a word of its own: a small index is also a part of some UUIDs. */
function withName(value: string, { name, text }: { name: string; text: string }): string {
  const word = new RegExp(`(?<![\\w-])${text.replace(/[^\w]/g, String.raw`\$&`)}(?![\\w-])`, 'g')
  return value.replace(word, () => `$${name}`)
}

function parsed(text: string, type: string): unknown {
  if (!type.startsWith('application/json')) return text
  return JSON.parse(text)
}

function headersOf(headers: Headers): Record<string, string> {
  const seen: Record<string, string> = {}
  for (const name of HEADERS) {
    const value = headers.get(name)
    if (value !== null) seen[name] = value
  }
  for (const name of PRESENCE) if (headers.has(name)) seen[name] = 'present'
  return seen
}

/** The same with lists in one order that are in none, or in that of ids which each side makes for itself. */
function orderly(path: string, body: Json): Json {
  if (path.startsWith('/v1/agent/health')) return sortedChecks(body)
  if (path.startsWith('/v1/acl/tokens') && Array.isArray(body)) return body.toSorted(byDescription)
  if (/^\/v1\/(?:acl\/(?:policies|roles)|query|session\/list)(?:\?|$)/.test(path) && Array.isArray(body))
    return body.toSorted((a: Json, b: Json) => (a.Name < b.Name ? -1 : 1))
  return /^\/v1\/catalog\/services(?:\?|$)/.test(path) && typeof body === 'object' ? sortedTags(body) : body
}

function sortedTags(tagsByName: Record<string, readonly string[]>): Json {
  return Object.fromEntries(Object.entries(tagsByName).map(([name, tags]) => [name, tags.toSorted()]))
}

function byDescription(a: Json, b: Json): number {
  const [left, right] = [a, b].map(token => `${token.Description} ${token.Local} ${token.AccessorID === MADE}`)
  return (left ?? '') < (right ?? '') ? -1 : 1
}

/** Of the tokens of the exchanges the one whose accessor is given. */
const MADE = 'aaaaaaaa-0000-0000-0000-000000000001'

/** The agent of Consul lists services, and the checks of one, in the order of a Go map, which is none. */
function sortedChecks(body: Json): Json {
  if (Array.isArray(body)) return body.map(sortedChecks).toSorted((a, b) => (a.Service.ID < b.Service.ID ? -1 : 1))
  if (typeof body !== 'object' || body === null) return body
  const { Checks, ...rest } = body as { Checks?: { CheckID: string }[] | null }
  if (!Checks) return body
  return { ...rest, Checks: Checks.toSorted((a, b) => (a.CheckID < b.CheckID ? -1 : 1)) }
}
