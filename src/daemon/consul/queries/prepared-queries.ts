import { randomUUID } from 'node:crypto'
import { ConsulRefusedError } from '../errors.ts'
import { durationProblem, parseGoDuration } from '../go/duration.ts'
import type { Topics } from '../live/topics.ts'
import type { Sessions } from '../sessions/sessions.ts'
import { folded, isSameName } from '../state/folded.ts'
import { requireRoom, requireShort } from '../state/limits.ts'
import { Table, type TableJournal } from '../state/table.ts'
import { completeQuery, type QueryFields, type QueryRow } from './query-row.ts'
import { filled, validateTemplate } from './template.ts'

/** What PreparedQueries work with. */
export interface PreparedQueriesInit {
  readonly journal: TableJournal
  readonly topics: Topics
  readonly stamp: () => number
  readonly sessions: Sessions
}

/** Queries that are kept, to be executed by id or by name. */
export class PreparedQueries {
  readonly rows: Table<QueryRow>
  readonly #init: PreparedQueriesInit

  constructor(init: PreparedQueriesInit) {
    this.#init = init
    this.rows = new Table('query', init.journal, () => init.topics.touch('queries', init.stamp()))
  }

  /** All, in the order of their ids. */
  list(): QueryRow[] {
    return [...this.rows.values()].toSorted((a, b) => (a.ID < b.ID ? -1 : 1))
  }

  get(id: string): QueryRow | undefined {
    return this.rows.get(id)
  }

  /** Throws `ConsulRefusedError`. */
  create(fields: QueryFields): QueryRow {
    requireRoom('queries', this.rows.size)
    return this.#put(randomUUID(), fields)
  }

  /** Throws `ConsulRefusedError` if it is not there, or not valid. */
  update(id: string, fields: QueryFields): void {
    this.#requireThere(id)
    this.#put(id, fields)
  }

  /** Throws `ConsulRefusedError` if it is not there. */
  delete(id: string): void {
    this.#requireThere(id)
    this.rows.delete(id)
  }

  /** The query of that id or name; else the template with the longest name that it begins with, in any case, filled in. Throws `ConsulRefusedError`. */
  resolve(idOrName: string): QueryRow | undefined {
    const exact = this.rows.get(idOrName) ?? this.#named(idOrName)
    if (exact && exact.Template.Type === '') return exact
    const name = folded(idOrName)
    const isFor = ({ Name, Template }: QueryRow) => Template.Type !== '' && name.startsWith(folded(Name))
    const templates = this.list().filter(isFor)
    const [best] = templates.toSorted((a, b) => b.Name.length - a.Name.length)
    return best && filled(best, idOrName)
  }

  #named(name: string): QueryRow | undefined {
    return this.list().find(({ Name }) => Name !== '' && isSameName(Name, name))
  }

  #requireThere(id: string): void {
    if (!this.rows.get(id)) throw new ConsulRefusedError(500, `Cannot modify non-existent prepared query: '${id}'`)
  }

  #put(id: string, fields: QueryFields): QueryRow {
    const query = completeQuery(fields)
    this.#validate(id, query)
    const index = this.#init.stamp()
    const row = { ID: id, ...query, CreateIndex: this.rows.get(id)?.CreateIndex ?? index, ModifyIndex: index }
    this.rows.put(id, row)
    return row
  }

  #validate(
    id: string,
    { Name, Session, Template, Service, DNS }: Omit<QueryRow, 'ID' | 'CreateIndex' | 'ModifyIndex'>,
  ): void {
    requireShort('A text of a query', Name, Service.Service, Template.Regexp, ...(Service.Tags ?? []))
    if (Name === '' && Template.Type === '' && Session === '') refuse('Must be bound to a session')
    if (Service.Service === '') refuse('Must provide a Service name to query')
    if (Service.Connect) throw new ConsulRefusedError(501, 'Connect is not supported by this registry')
    requireTtl(DNS.TTL)
    this.#requireSession(Session)
    validateTemplate(Template)
    const other = this.#named(Name)
    if (other && other.ID !== id) throw new ConsulRefusedError(500, `name '${Name}' aliases an existing query name`)
  }

  #requireSession(session: string): void {
    if (session === '' || this.#init.sessions.get(session)) return
    const isId = session.length === UUID_CHARACTERS
    const problem = isId ? ` ${JSON.stringify(session)}` : `: index error: UUID must be ${UUID_CHARACTERS} characters`
    throw new ConsulRefusedError(500, `invalid session${problem}`)
  }
}

const UUID_CHARACTERS = 36

function requireTtl(ttl: string): void {
  if (ttl === '') return
  const ns = parseGoDuration(ttl)
  if (ns === undefined) refuse(`Bad DNS TTL '${ttl}': ${durationProblem(ttl)}`)
  if (ns < 0) refuse(`DNS TTL '${ns}', must be >=0`)
}

function refuse(problem: string): never {
  throw new ConsulRefusedError(500, `Invalid prepared query: ${problem}`)
}
