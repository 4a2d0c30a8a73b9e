import { DuplicateNameError, HasParentError, UnknownSiblingError } from './errors.ts'
import type { ServiceNode } from './node.ts'

/** Where a child stands among its siblings. */
export interface Placement {
  /**
   * The siblings it is started after, by name, and stopped before; they have to stand before it in the list. Empty: after none of them, so
   * at the same time as others. Default: after all before it in the list. Should one of them be removed, it waits for the others.
   */
  after?: readonly string[] | undefined
  /** The sibling it stands before in the list. Default: at the end. */
  before?: string | undefined
}

/** Makes `child` a child of `parent`, in the tree only: nothing is started. Throws, changing nothing, when it cannot stand there. */
export function attach(parent: ServiceNode, child: ServiceNode, { after, before }: Placement): void {
  if (child.parent || hasAncestor(parent, child)) throw new HasParentError(child.path, parent.path)
  const { children } = parent
  if (children.some(({ name }) => name === child.name)) throw new DuplicateNameError(parent.path, child.name)
  const path = `${parent.path}/${child.name}`
  const index = before === undefined ? children.length : indexOf(parent, { name: before, path, where: 'sibling' })
  for (const name of after ?? []) {
    if (indexOf(parent, { name, path, where: 'sibling before it' }) < index) continue
    throw new UnknownSiblingError(path, name, 'sibling before it')
  }
  children.splice(index, 0, child)
  child.parent = parent
  child.after = after
}

function indexOf(parent: ServiceNode, sibling: { name: string; path: string; where: string }): number {
  const index = parent.children.findIndex(({ name }) => name === sibling.name)
  if (index === -1) throw new UnknownSiblingError(sibling.path, sibling.name, sibling.where)
  return index
}

function hasAncestor(node: ServiceNode, ancestor: ServiceNode): boolean {
  return node === ancestor || (node.parent !== undefined && hasAncestor(node.parent, ancestor))
}
