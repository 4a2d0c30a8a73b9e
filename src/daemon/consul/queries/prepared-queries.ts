import { randomUUID } from 'node:crypto'
import { ConsulRefusedError } from '../errors.ts'
import { durationProblem, parseGoDuration } from '../go/duration.ts'
import { idProblem } from '../go/uuid.ts'
import type { Topics } from '../live/topics.ts'
import type { Sessions } from '../sessions/sessions.ts'
import { folded } from '../state/folded.ts'
import { Grouped } from '../state/grouped.ts'
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
  readonly #byName = new Grouped<QueryRow>({ group: row => folded(row.Name), key: row => row.ID })
  readonly #bySession = new Grouped<QueryRow>({ group: row => folded(row.Session), key: row => row.ID })
  readonly #templates = new Map<string, QueryRow>()

  constructor(init: PreparedQueriesInit) {
    this.#init = init
    this.rows = new Table('query', init.journal, (before, after) => this.#changed(before, after))
  }

  /** All, in the order of their ids. */
  list(): QueryRow[] {
    return [...this.rows.values()].toSorted((a, b) => (a.ID < b.ID ? -1 : 1))
  }

  /** The hexadecimal digits of an id may be in either case. */
  get(id: string): QueryRow | undefined {
    return this.rows.get(folded(id))
  }

  /** Throws `ConsulRefusedError`. */
  create(fields: QueryFields): QueryRow {
    requireRoom('queries', this.rows.size)
    return this.#put(randomUUID(), fields)
  }

  /** Throws `ConsulRefusedError` if it is not there, or not valid. */
  update(id: string, fields: QueryFields): void {
    this.#put(this.#required(id).ID, fields)
  }

  /** Throws `ConsulRefusedError` if it is not there. */
  delete(id: string): void {
    this.rows.delete(this.#required(id).ID)
  }

  /** Takes out the queries that live as long as a session. */
  sessionEnded(session: string): void {
    for (const { ID } of this.#bySession.rows(folded(session))) this.rows.delete(ID)
  }

  /** The query of that id or name; else the template with the longest name that it begins with, in any case, filled in. Throws `ConsulRefusedError`. */
  resolve(idOrName: string): QueryRow | undefined {
    const exact = this.get(idOrName) ?? this.#named(idOrName)
    if (exact && exact.Template.Type === '') return exact
    const name = folded(idOrName)
    const templates = [...this.#templates.values()].filter(({ Name }) => name.startsWith(folded(Name)))
    const [best] = templates.toSorted((a, b) => b.Name.length - a.Name.length)
    return best && filled(best, idOrName)
  }

  #named(name: string): QueryRow | undefined {
    if (name === '') return undefined
    const [found] = this.#byName.rows(folded(name))
    return found
  }

  #required(id: string): QueryRow {
    const row = this.get(id)
    if (!row) throw new ConsulRefusedError(500, `Cannot modify non-existent prepared query: '${id}'`)
    return row
  }

  #changed(before: QueryRow | undefined, after: QueryRow | undefined): void {
    this.#byName.change(before, after)
    this.#bySession.change(before, after)
    const { ID } = (after ?? before) as QueryRow
    if (after && after.Template.Type !== '') this.#templates.set(ID, after)
    else this.#templates.delete(ID)
    this.#init.topics.touch('queries', this.#init.stamp())
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
    const problem = idProblem(session)
    throw new ConsulRefusedError(500, `invalid session${problem ? `: index error: ${problem}` : ` "${session}"`}`)
  }
}

function requireTtl(ttl: string): void {
  if (ttl === '') return
  const ns = parseGoDuration(ttl)
  if (ns === undefined) refuse(`Bad DNS TTL '${ttl}': ${durationProblem(ttl)}`)
  if (ns < 0) refuse(`DNS TTL '${ns}', must be >=0`)
}

function refuse(problem: string): never {
  throw new ConsulRefusedError(500, `Invalid prepared query: ${problem}`)
}
