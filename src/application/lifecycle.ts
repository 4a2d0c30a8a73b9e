import { timeLimit } from '../core/abort.ts'
import { type Ascent, ascend } from './ascent.ts'
import { DRAIN_SHARE, descend, type DescentLimits } from './descent.ts'
import { type ServiceFailure, StartFailedError, StopFailedError } from './errors.ts'
import type { ServiceNode } from './node.ts'
import { assertNoSelfWait } from './self-wait.ts'
import type { StartOptions, StopOptions } from './service.ts'
import { type Direction, Transition } from './transition.ts'
import { type Tree, treeOf } from './tree.ts'

/** Wishes `node` and all below it started, and waits until they are; as `Service.start`. */
export async function startNode(node: ServiceNode, { signal }: StartOptions = {}): Promise<void> {
  signal?.throwIfAborted()
  const tree = treeOf(node)
  assertNoSelfWait(tree.keys())
  const transition = joinable(tree, 'up') ?? upward(node, tree)
  for (const each of tree.keys()) each.desire('started', transition)
  await transition.join(signal)
}

/** Wishes `node` and all below it stopped, and waits until they are; as `Service.stop`. */
export async function stopNode(node: ServiceNode, { deadlineMs = node.deadlineMs }: StopOptions = {}): Promise<void> {
  const tree = treeOf(node)
  const transition = joinable(tree, 'down') ?? downward(node, tree)
  for (const each of tree.keys()) each.desire('stopped', transition)
  transition.limit(deadlineMs)
  await transition.join()
}

/** Starts `node` again, and what is below it and meant to be started. Changes nothing about what is wished. */
export async function raiseNode(node: ServiceNode, { signal }: StartOptions = {}): Promise<void> {
  await upward(
    node,
    treeOf(node, ({ desired }) => desired === 'started'),
  ).join(signal)
}

/** Takes `node` and what is below it down, though they are meant to be started. Attempts to start single ones below it again end. */
export async function lowerNode(node: ServiceNode): Promise<void> {
  const tree = treeOf(node)
  const transition = downward(node, tree)
  endRecoveriesBelow(node, tree)
  transition.limit(node.deadlineMs)
  await transition.join()
}

/** The way up as part of a transition whose turn has come. When it fails, what it entered is taken down again, in reverse. */
export async function goUp(node: ServiceNode, transition: Transition): Promise<void> {
  const { tree, givenUp, limits } = transition
  const entered = new Set<ServiceNode>()
  const undo = (top: ServiceNode) => undoWithin(top, { tree, nodes: entered, limits })
  await clear(transition)
  const dismiss = async (failed: ServiceNode) => void (await undo(failed))
  const ascent: Ascent = { tree, signal: givenUp, entered, dismissed: new Map(), dismiss }
  try {
    await ascend(node, ascent)
  } catch (error) {
    const rollback = await undo(node)
    if (error instanceof StartFailedError) error.rollback = rollback
    else if (rollback.length > 0) throw new StopFailedError(rollback, { cause: error })
    throw error
  }
  for (const [failed, error] of ascent.dismissed) failed.parent?.childFailures?.report(failed, error)
}

/** The way down as part of a transition whose turn has come. Rejects with `StopFailedError` when all are down that could be. */
export async function goDown(node: ServiceNode, { tree, limits }: Transition): Promise<void> {
  const failures: ServiceFailure[] = []
  await descend(node, { tree, nodes: new Set(tree.keys()), limits, failures })
  if (failures.length > 0) throw new StopFailedError(failures)
}

/** The last change that was asked for, when it is in that direction, of just this tree, and has not been given up. */
function joinable(tree: Tree, direction: Direction): Transition | undefined {
  const [top, ...below] = tree.keys()
  const last = top?.turns.at(-1)
  if (!(last instanceof Transition) || last.top !== top || last.direction !== direction) return undefined
  return !last.givenUp.aborted && below.every(({ turns }) => turns.at(-1) === last) ? last : undefined
}

function upward(top: ServiceNode, tree: Tree): Transition {
  return new Transition({ direction: 'up', top, tree, body: transition => goUp(top, transition) })
}

function downward(top: ServiceNode, tree: Tree): Transition {
  return new Transition({ direction: 'down', top, tree, body: transition => goDown(top, transition) })
}

/** Forgets earlier failures, and takes down what failed at run time and was not taken down yet. */
async function clear({ tree, limits }: Transition): Promise<void> {
  for (const node of tree.keys()) {
    if (node.status !== 'failed') continue
    if (node.reached !== undefined) await undoWithin(node, { tree, nodes: new Set(tree.keys()), limits })
    node.error = undefined
  }
}

/** Takes down those of `nodes` that are below `top`, with it. Attempts to start single ones again end with that. */
async function undoWithin(
  top: ServiceNode,
  part: { tree: Tree; nodes: ReadonlySet<ServiceNode>; limits: DescentLimits },
): Promise<readonly ServiceFailure[]> {
  endRecoveriesBelow(top, part.tree)
  using drain = timeLimit(top.clock, top.deadlineMs * DRAIN_SHARE, { signal: part.limits.drain })
  using stop = timeLimit(top.clock, top.deadlineMs, { signal: part.limits.stop })
  const failures: ServiceFailure[] = []
  await descend(top, { ...part, limits: { drain: drain.signal, stop: stop.signal }, failures })
  return failures
}

function endRecoveriesBelow(top: ServiceNode, tree: Tree): void {
  for (const child of tree.get(top) ?? []) {
    child.endRecovery()
    endRecoveriesBelow(child, tree)
  }
}
