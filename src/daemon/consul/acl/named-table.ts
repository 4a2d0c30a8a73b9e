import { ConsulRefusedError } from '../errors.ts'
import { idProblem, nodeIdProblem } from '../go/uuid.ts'
import { FoldedTable } from '../state/folded-table.ts'
import type { RowListener, TableJournal } from '../state/table.ts'

/** What has an id and a name of its own. */
export interface Named {
  readonly ID: string
  readonly Name: string
}

/** Policies or roles, as they are looked for. */
export type Linkable = Pick<NamedTable<Named>, 'what' | 'get' | 'named' | 'lookupProblem'>

/** What a NamedTable works with. */
export interface NamedTableInit<R> {
  /** What its rows are. */
  readonly what: 'policy' | 'role'
  /** Characters of a name. */
  readonly nameMax: number
  readonly journal: TableJournal
  readonly listener: RowListener<R>
}

/** Policies or roles of the Consul API, by id in any case; their names are unique. */
export class NamedTable<R extends Named> extends FoldedTable<R> {
  readonly what: 'policy' | 'role'
  readonly #title: string
  readonly #names: RegExp
  readonly #byName: ReadonlyMap<string, R>

  constructor({ what, nameMax, journal, listener }: NamedTableInit<R>) {
    const byName = new Map<string, R>()
    super(`acl-${what}`, journal, (before, after) => {
      // Changes that could not be kept are undone in any order: the name may be another's by now.
      if (before && byName.get(before.Name) === before) byName.delete(before.Name)
      if (after) byName.set(after.Name, after)
      listener(before, after)
    })
    this.#byName = byName
    this.what = what
    this.#title = what === 'policy' ? 'Policy' : 'Role'
    this.#names = new RegExp(`^[A-Za-z0-9\\-_]{1,${nameMax}}$`)
  }

  /** In the order of their ids. */
  list(): R[] {
    return [...this.values()].toSorted((a, b) => (a.ID < b.ID ? -1 : 1))
  }

  named(name: string): R | undefined {
    return this.#byName.get(name)
  }

  /** What Consul says to who looks for an id that none can have; undefined of one that can be. */
  lookupProblem(id: string): string | undefined {
    const problem = idProblem(id)
    return problem && `failed acl ${this.what} lookup: index error: ${problem}`
  }

  /** Throws `ConsulRefusedError` for a name that a new one cannot have. */
  requireFreeName(name = ''): void {
    this.#requireName(name)
    if (this.named(name)) this.#refuse(`A ${this.#title} with Name ${JSON.stringify(name)} already exists`)
  }

  /** The one that is about to have this name. Throws `ConsulRefusedError`, also if it is not there. */
  existing(id: string, name = ''): R {
    this.#requireName(name)
    if (nodeIdProblem(id) !== undefined) throw new ConsulRefusedError(500, `${this.#title} ID invalid UUID`)
    const row = this.get(id)
    if (!row) throw new ConsulRefusedError(500, `cannot find ${this.what} ${id}`)
    if (name !== row.Name && this.named(name))
      this.#refuse(`A ${this.what} with name ${JSON.stringify(name)} already exists`)
    return row
  }

  /** Takes one out; harmless if there is none. Throws `ConsulRefusedError` for an id that none can have. */
  remove(id: string): void {
    const problem = this.lookupProblem(id)
    if (problem !== undefined) throw new ConsulRefusedError(500, problem)
    this.delete(id)
  }

  #requireName(name: string): void {
    if (name === '') this.#refuse('no Name is set')
    if (!this.#names.test(name)) this.#refuse("invalid Name. Only alphanumeric characters, '-' and '_' are allowed")
  }

  #refuse(problem: string): never {
    throw new ConsulRefusedError(500, `Invalid ${this.#title}: ${problem}`)
  }
}
