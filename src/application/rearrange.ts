import type { Abortable } from '../core/abort.ts'
import { goDown, goUp } from './lifecycle.ts'
import type { DesiredState, ServiceNode } from './node.ts'
import { attach, type Placement } from './placement.ts'
import type { StopOptions } from './service.ts'
import { Transition, type TransitionInit } from './transition.ts'
import { assertNoSelfWait } from './self-wait.ts'
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
  assertNoSelfWait([parent, ...treeOf(child).keys()])
  attach(parent, child, place)
  const transition = changing(change, {
    direction: 'join',
    body: current => settle(change, current),
    onFailure: () => dismiss(parent, child),
  })
  if (parent.desired === 'started') wish(child, 'started', transition)
  await transition.join(place.signal)
}

/** Takes `child` from its parent at once, and stops it in its turn. It stays its parent's, for paths and clock, until it is down. */
export async function removeNode(change: Change, { deadlineMs = change.child.deadlineMs }: StopOptions): Promise<void> {
  const { child, parent } = change
  assertNoSelfWait([parent, child])
  detach(parent, child)
  const body = async (current: Transition) => {
    await goDown(child, current).finally(() => (child.parent = undefined))
  }
  const transition = changing(change, { direction: 'leave', body })
  wish(child, 'stopped', transition)
  transition.limit(deadlineMs)
  await transition.join()
}

/** Puts `child` somewhere else at once. It goes on undisturbed if both parents are up; else it follows the new one, in its turn. */
export async function moveNode(change: Required<Change>, place: Placement): Promise<void> {
  const { child, parent, from } = change
  const { after } = child
  assertNoSelfWait([from, parent, child])
  const index = detach(from, child)
  child.parent = undefined
  try {
    attach(parent, child, place)
  } catch (error) {
    from.children.splice(index, 0, child)
    Object.assign(child, { parent: from, after })
    throw error
  }
  if (from === parent) return
  child.endRecovery()
  const transition = changing(change, { direction: 'join', body: current => settle(change, current) })
  wish(child, parent.desired, transition)
  await transition.join()
}

/** Stands in line with the child and its parents. */
function changing(change: Change, init: Pick<TransitionInit, 'direction' | 'body' | 'onFailure'>): Transition {
  const { child, parent, from = parent } = change
  const tree: Tree = new Map([[parent, []], [from, []], ...treeOf(child)])
  return new Transition({ top: parent, tree, ...init })
}

function wish(child: ServiceNode, desired: DesiredState, transition: Transition): void {
  for (const each of treeOf(child).keys()) each.desire(desired, transition)
}

/** Makes the child what its parent is. A parent that is down only until it is started again takes the child with it then. */
async function settle(change: Change, transition: Transition): Promise<void> {
  const { child, parent, from } = change
  if (parent.isUp) return rise(change, transition)
  if (parent.desired === 'stopped') for (const each of treeOf(child).keys()) each.abandonWish(transition)
  if (from) await goDown(child, transition)
}

async function rise({ child, parent }: Change, transition: Transition): Promise<void> {
  try {
    await goUp(child, transition)
  } catch (error) {
    const isBestEffort = parent.childFailures?.policy === 'continue' && !transition.givenUp.aborted
    if (isBestEffort) return parent.childFailures?.report(child, error)
    dismiss(parent, child)
    throw error
  }
}

/** Makes it a child no more. Harmless a second time. */
function dismiss(parent: ServiceNode, child: ServiceNode): void {
  if (detach(parent, child) !== -1) child.parent = undefined
}

function detach(parent: ServiceNode, child: ServiceNode): number {
  const index = parent.children.indexOf(child)
  if (index !== -1) parent.children.splice(index, 1)
  parent.refresh()
  return index
}
