import type { ConsulState } from '../consul-state.ts'
import { ConsulRefusedError } from '../errors.ts'
import { parseUint } from '../go/uint.ts'
import { type Answer, Body, verdict } from '../http/answer.ts'
import type { Call } from '../http/call.ts'
import type { ConsulRoute } from '../http/route-table.ts'
import type { Sees } from '../http/sight.ts'
import { kvJson } from '../kv/kv-row.ts'
import type { KvWrite } from '../kv/kv-store.ts'
import type { Result } from '../live/live-query.ts'
import { requireDatacenter } from '../live/query-options.ts'
import { sessionIdProblem } from '../sessions/sessions.ts'
import { CONSUL_LIMITS } from '../state/limits.ts'
import { jsonArray } from './questions.ts'

/** `/v1/kv`: keys and values. */
export function kvRoutes(state: ConsulState): ConsulRoute[] {
  const routes = new KvRoutes(state)
  const methods = { GET: routes.get, PUT: routes.put, DELETE: routes.delete }
  return [{ path: '/v1/kv/', pattern: '/v1/kv/:key', methods, support: 'yes' }]
}

const ABSENT = { status: 404, text: '' }

class KvRoutes {
  readonly #state: ConsulState

  constructor(state: ConsulState) {
    this.#state = state
  }

  readonly get = (call: Call): Answer | Promise<Answer> => {
    const isOne = !call.has('keys') && !call.has('recurse')
    if (isOne) requireKey(call)
    requireDatacenter(call, this.#state.settings.datacenter)
    if (isOne) return this.#one(call)
    return call.has('keys') ? this.#keys(call) : this.#tree(call)
  }

  readonly put = async (call: Call): Promise<Answer> => {
    const { kv, sessions, journal } = this.#state
    const key = requireKey(call)
    refuseConflicting(call, ['cas', 'acquire', 'release'])
    const flags = parseUint(call.param('flags') || '0')
    const cas = call.has('cas') ? parseUint(call.param('cas')) : undefined
    const value = (await call.bytes(CONSUL_LIMITS.valueBytes)).toString('base64')
    requireDatacenter(call, this.#state.settings.datacenter)
    if (!call.has('release')) this.#state.requireMemory()
    const write: KvWrite = { key, value, flags }
    let isWritten = true
    if (cas !== undefined) isWritten = this.#isAt(key, cas) && Boolean(kv.set(write))
    else if (call.has('acquire')) {
      const session = sessionOf(call, 'acquire')
      const problem = sessionIdProblem(session)
      if (problem) throw new ConsulRefusedError(500, problem)
      if (!sessions.get(session)) throw new ConsulRefusedError(500, `invalid session ${JSON.stringify(session)}`)
      isWritten = Boolean(kv.lock(write, session))
    } else if (call.has('release')) isWritten = Boolean(kv.unlock(write, sessionOf(call, 'release')))
    else kv.set(write)
    await journal.kept()
    return verdict(isWritten)
  }

  readonly delete = async (call: Call): Promise<Answer> => {
    const { kv, journal } = this.#state
    const isTree = call.has('recurse')
    refuseConflicting(call, ['cas', 'recurse'])
    if (!isTree) requireKey(call)
    const cas = call.has('cas') ? parseUint(call.param('cas')) : undefined
    requireDatacenter(call, this.#state.settings.datacenter)
    if (cas !== undefined) {
      const row = kv.get(call.rest)
      if (row?.ModifyIndex !== Number(cas)) return verdict(row === undefined)
    }
    if (isTree) kv.deleteTree(call.rest)
    else kv.delete(call.rest)
    await journal.kept()
    return verdict(true)
  }

  #one(call: Call): Answer | Promise<Answer> {
    const { kv } = this.#state
    const key = call.rest
    const make = () => {
      const row = kv.get(key)
      return row ? { status: 200, text: jsonArray([kvJson(row)]) } : ABSENT
    }
    const render = call.has('raw') ? (result: Result) => this.#raw(key, result) : undefined
    const question = () => kv.question(key, { make })
    return this.#state.reader.read(call, {
      key: `kv/${key}`,
      question,
      tellsConsistency: false,
      ...(render && { render }),
    })
  }

  #tree(call: Call): Answer | Promise<Answer> {
    const { kv } = this.#state
    const { rest: prefix } = call
    const make = (sees: Sees) => {
      const rows = [...kv.startingWith(prefix)].filter(({ Key }) => sees('kv:read', Key))
      return rows.length > 0 ? { status: 200, text: jsonArray(rows.map(row => kvJson(row))) } : ABSENT
    }
    const question = (sees: Sees) => kv.question(prefix, { isPrefix: true, make: () => make(sees) })
    const sight = call.guard.sight({ right: 'kv:read', prefix })
    return this.#state.reader.read(call, { key: `kvs/${prefix}`, question, sight, tellsConsistency: false })
  }

  #keys(call: Call): Answer | Promise<Answer> {
    const { kv } = this.#state
    const { rest: prefix } = call
    const separator = call.param('separator')
    const make = (sees: Sees) => {
      const found = new Set<string>()
      for (const { Key } of kv.startingWith(prefix)) found.add(upTo(Key, { prefix, separator }))
      const keys = [...found].filter(key => sees('kv:read', key))
      return keys.length > 0 || prefix === '' ? { status: 200, text: JSON.stringify(keys) } : ABSENT
    }
    const question = (sees: Sees) => kv.question(prefix, { isPrefix: true, make: () => make(sees) })
    const key = `keys/${prefix}\0${separator}`
    const sight = call.guard.sight({ right: 'kv:read', prefix })
    return this.#state.reader.read(call, { key, question, sight, tellsConsistency: false })
  }

  #raw(key: string, { status }: Result): Answer {
    const row = this.#state.kv.get(key)
    if (status !== 200 || !row) return { status: 404, headers: [], body: new Body(''), isJson: false, varies: true }
    const headers = [
      'Content-Type',
      'text/plain',
      'Content-Security-Policy',
      'sandbox',
      'X-Content-Type-Options',
      'nosniff',
    ]
    return { status, headers, body: Body.of(Buffer.from(row.Value, 'base64')), isJson: false, varies: true }
  }

  /** Whether a key was last changed at that index; with 0, whether there is none. */
  #isAt(key: string, cas: string): boolean {
    const row = this.#state.kv.get(key)
    return cas === '0' ? row === undefined : row?.ModifyIndex === Number(cas)
  }
}

function sessionOf(call: Call, parameter: string): string {
  const session = call.param(parameter)
  if (session === '') throw new ConsulRefusedError(500, 'missing session')
  return session
}

function requireKey(call: Call): string {
  if (call.rest === '') throw new ConsulRefusedError(400, 'Missing key name')
  return call.rest
}

/** The key, or what of it is before the first separator after the prefix. */
function upTo(key: string, { prefix, separator }: { prefix: string; separator: string }): string {
  if (separator === '') return key
  const at = key.indexOf(separator, prefix.length)
  return at < 0 ? key : key.slice(0, at + separator.length)
}

function refuseConflicting(call: Call, names: readonly string[]): void {
  if (names.filter(name => call.has(name)).length <= 1) return
  const given = [...call.query].toSorted(([a], [b]) => (a < b ? -1 : 1))
  throw new ConsulRefusedError(400, `Conflicting flags: ${new URLSearchParams(given).toString()}`)
}
