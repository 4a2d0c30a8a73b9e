import { ConsulRefusedError } from '../errors.ts'
import type { Linkable, Named } from './named-table.ts'

/** How a policy or a role is named by who is to have what it allows: by its id, else by its name. */
export interface Link {
  readonly ID?: string
  readonly Name?: string
}

/** Who links. */
export type Linking = 'token' | 'role'

/** The ids of what is linked, each once. Throws `ConsulRefusedError` for what is not there. */
export function linkedIds(links: readonly Link[], by: Linking, rows: Linkable): string[] {
  const linked = links.map(({ ID = '', Name = '' }) => (ID === '' ? named(Name, rows) : known(ID, by, rows)))
  return [...new Set(linked.map(({ ID }) => ID))]
}

/** What is linked, as it is called now, without what is gone. */
export function linksOf(ids: readonly string[], rows: Pick<Linkable, 'get'>): Named[] {
  return ids.flatMap(id => {
    const row = rows.get(id)
    return row ? [{ ID: row.ID, Name: row.Name }] : []
  })
}

function named(name: string, rows: Linkable): Named {
  return rows.named(name) ?? refuse(`No such ACL ${rows.what} with name ${JSON.stringify(name)}`)
}

/** Of what a role links by ids Consul looks only when it writes the role, and then in other words. */
function known(id: string, by: Linking, rows: Linkable): Named {
  const problem = rows.lookupProblem(id)
  const shown = JSON.stringify(id)
  if (problem !== undefined)
    refuse(by === 'role' ? problem : `Error looking up ${rows.what} for id ${shown}: ${problem}`)
  const unknown = by === 'role' ? `No such ${rows.what} with ID: ${id}` : `No such ACL ${rows.what} with ID ${shown}`
  return rows.get(id) ?? refuse(unknown)
}

function refuse(problem: string): never {
  throw new ConsulRefusedError(500, problem)
}
