import type { Abortable } from '../core/abort.ts'
import { goDown, goUp } from './lifecycle.ts'
import type { ServiceNode } from './node.ts'
import { attach, type Placement } from './placement.ts'
import type { StopOptions } from './service.ts'
import { Transition } from './transition.ts'
import { type Tree, treeOf } from './tree.ts'

/** A child and the parents it comes from or goes to. */
interface Change {
  child: ServiceNode
  parent: ServiceNode
  /** The former parent. */
  from?: ServiceNode
}

/** Makes `child` a child of `parent` at once, and starts it, in its turn, if the parent is up then. */
export async function addNode(change: Change, place: Placement & Abortable): Promise<void> {
  const { child, parent } = change
  place.signal?.throwIfAborted()
  attach(parent, child, place)
  await changing(change, transition => settle(change, transition)).join(place.signal)
}

/** Takes `child` from its parent at once, and stops it in its turn. It stays its parent's, for paths and clock, until it is down. */
export async function removeNode(change: Change, { deadlineMs = change.child.deadlineMs }: StopOptions): Promise<void> {
  const { child, parent } = change
  detach(parent, child)
  const transition = changing(change, async current => {
    try {
      await goDown(child, current)
    } finally {
      child.parent = undefined
    }
  })
  for (const each of treeOf(child).keys()) each.desire('stopped', transition)
  transition.limit(deadlineMs)
  await transition.join()
}

/** Puts `child` somewhere else at once. It goes on undisturbed if both parents are up; else it follows the new one, in its turn. */
export async function moveNode(change: Required<Change>, place: Placement): Promise<void> {
  const { child, parent, from } = change
  const { after } = child
  const index = detach(from, child)
  child.parent = undefined
  try {
    attach(parent, child, place)
  } catch (error) {
    from.children.splice(index, 0, child)
    Object.assign(child, { parent: from, after })
    throw error
  }
  if (from !== parent) await changing(change, transition => settle(change, transition)).join()
}

/** Stands in line with the child and its parents, wishing of the child what is wished of the parent. */
function changing(change: Change, body: (transition: Transition) => Promise<void>): Transition {
  const { child, parent, from = parent } = change
  const tree: Tree = new Map([[parent, []], [from, []], ...treeOf(child)])
  const transition = new Transition({ direction: 'change', top: parent, tree, body })
  if (parent.desired === 'started') for (const each of treeOf(child).keys()) each.desire('started', transition)
  return transition
}

async function settle({ child, parent, from }: Change, transition: Transition): Promise<void> {
  if (!parent.isUp) {
    for (const each of treeOf(child).keys()) each.abandonWish(transition)
    if (from) await goDown(child, transition)
    return
  }
  try {
    await goUp(child, transition)
  } catch (error) {
    const isBestEffort = parent.childFailures?.policy === 'continue' && !transition.givenUp.aborted
    if (isBestEffort) return parent.childFailures?.report(child, error)
    detach(parent, child)
    child.parent = undefined
    throw error
  }
}

function detach(parent: ServiceNode, child: ServiceNode): number {
  const index = parent.children.indexOf(child)
  if (index !== -1) parent.children.splice(index, 1)
  parent.refresh()
  return index
}
