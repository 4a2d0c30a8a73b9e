import type { ServiceNode } from './node.ts'

/** A part of the tree as it was at one moment: its nodes, parents first, each with its children in the order of the way up. */
export type Tree = ReadonlyMap<ServiceNode, readonly ServiceNode[]>

/** What is below `top` now, with it; without what `isWanted` rejects, and what is below that. */
export function treeOf(top: ServiceNode, isWanted: (node: ServiceNode) => boolean = () => true): Tree {
  const tree = new Map<ServiceNode, readonly ServiceNode[]>()
  const visit = (node: ServiceNode) => {
    const children = node.children.filter(isWanted)
    tree.set(node, children)
    for (const child of children) visit(child)
  }
  visit(top)
  return tree
}
