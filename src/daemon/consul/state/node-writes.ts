import { nodeIdProblem } from '../go/uuid.ts'
import type { Catalog, Unindexed } from './catalog.ts'
import { isSameName } from './folded.ts'
import type { NodeRow } from './rows.ts'

/** What a node is to be called and found by. */
type NodeName = Pick<NodeRow, 'ID' | 'Node' | 'Address'>

/** The check by which a node of a cluster is known: who has it, and is well, keeps its name. */
const MEMBER_CHECK = 'serfHealth'

/** Why the id of a node can be none; undefined where it can, or where there is none. */
export function badNodeId(id: string): string | undefined {
  const problem = id === '' ? undefined : nodeIdProblem(id)
  return problem && `Bad node ID: ${problem}`
}

/** Why a node may not have that name: a living one of another id has it, or one of the id is alive under another name. Undefined where it may. */
export function reservedProblem(catalog: Catalog, { ID, Node, Address }: NodeName): string | undefined {
  if (ID === '') return undefined
  const [holder, former] = [catalog.node(Node), catalog.nodeWithId(ID)]
  const what = `Error while renaming Node ID: "${ID}"${former ? ` (${Address})` : ''}`
  // Consul would take the living one out with everything on it, until that registers itself again: this node would not.
  if (former && !isSameName(former.Node, Node) && isAlive(catalog, former)) return `${what}: node ${former.Node} has it`
  if (!holder || holder.ID === ID || former?.Node === Node || (!former && holder.ID === '')) return undefined
  if (!isAlive(catalog, holder)) return undefined
  const by = `node ${holder.ID} with name ${holder.Node} (${holder.Address})`
  return `${what}: Node name ${Node} is reserved by ${by}`
}

function isAlive(catalog: Catalog, { Node }: NodeRow): boolean {
  const check = catalog.check(Node, MEMBER_CHECK)
  return check !== undefined && check.Status !== 'critical'
}

/** Writes a node. One that had its id under another name goes, with everything on it: it is the same machine. A member keeps its id where none is said. */
export function putNode(catalog: Catalog, row: Unindexed<NodeRow>): void {
  const { ID, Node } = row
  const former = ID === '' ? undefined : catalog.nodeWithId(ID)
  if (former && former.Node !== Node) catalog.deleteNode(former.Node)
  const isMember = ID === '' && catalog.check(Node, MEMBER_CHECK) !== undefined
  catalog.putNode(isMember ? { ...row, ID: catalog.node(Node)?.ID ?? '' } : row)
}
