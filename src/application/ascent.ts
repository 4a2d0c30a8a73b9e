import { DependencyFailedError, messageOf, ServiceHungError, StartFailedError } from './errors.ts'
import { PHASES_UP, type ServiceNode } from './node.ts'
import { inOrder, orderUp } from './order.ts'
import type { PhaseUp } from './phase.ts'
import { tellFailure } from './tell-failure.ts'
import type { Tree } from './tree.ts'

/** What one way up is told, and what it finds. */
export interface Ascent {
  /** What is to be up. */
  readonly tree: Tree
  /** Gives it up. */
  readonly signal: AbortSignal
  /** Those on which it ran a hook, in the order of the first. */
  readonly entered: Set<ServiceNode>
  /** Those that failed while their siblings go on: they and all below them are passed over from then on. */
  readonly dismissed: Map<ServiceNode, unknown>
  /** Takes one that failed, and all below it, down again. */
  readonly dismiss: (node: ServiceNode) => Promise<void>
}

/**
 * Takes `top` and what is below it through the phases of the way up, each phase as a whole; nodes that are up already are passed over.
 * Rejects with `StartFailedError`, or the signal's reason if it was given up, leaving to the caller to undo what was entered.
 */
export async function ascend(top: ServiceNode, ascent: Ascent): Promise<void> {
  for (const phase of PHASES_UP) await climb(top, phase, ascent)
}

async function climb(node: ServiceNode, phase: PhaseUp, ascent: Ascent): Promise<void> {
  try {
    if (node.hasReached(phase)) await climbChildren(node, phase, ascent)
    else await node.measure(phase, () => enter(node, phase, ascent))
  } catch (error) {
    if (ascent.entered.has(node) && !isGivenUp(ascent, error)) node.error ??= error
    throw error
  }
  if (phase === 'start' && node.status === 'starting') {
    node.become('ready')
    node.refresh()
  }
}

async function enter(node: ServiceNode, phase: PhaseUp, ascent: Ascent): Promise<void> {
  const { entered, signal } = ascent
  signal.throwIfAborted()
  if (node.reached === undefined) begin(node, phase)
  node.reached = phase
  entered.add(node)
  try {
    assertSound(node)
    await node.hooks.run(phase, signal)
    assertSound(node)
  } catch (error) {
    if (signal.aborted && !(error instanceof ServiceHungError)) throw signal.reason
    throw new StartFailedError(node.path, phase, error)
  }
  signal.throwIfAborted()
  await climbChildren(node, phase, ascent)
}

function begin(node: ServiceNode, phase: PhaseUp): void {
  const { path, hooks } = node
  if (hooks.hung) throw new StartFailedError(path, phase, new ServiceHungError(path, hooks.hung))
  node.become('starting')
}

/** A service may tell that it failed between two of its hooks, or while one runs. */
function assertSound({ error }: ServiceNode): void {
  if (error !== undefined) throw error
}

async function climbChildren(node: ServiceNode, phase: PhaseUp, ascent: Ascent): Promise<void> {
  const failure = new AbortController()
  const signal = AbortSignal.any([ascent.signal, failure.signal])
  const isBestEffort = node.childFailures?.policy === 'continue'
  await inOrder(orderUp(childrenOf(node, ascent)), async child => {
    try {
      await (isBestEffort ? attempt : climb)(child, phase, { ...ascent, signal })
    } catch (error) {
      failure.abort(error)
      throw error
    }
  })
}

/** Those that are its children still: who was refused or moved away in the meantime is up to somebody else. */
function childrenOf(node: ServiceNode, { tree }: Ascent): readonly ServiceNode[] {
  return (tree.get(node) ?? []).filter(({ parent }) => parent === node)
}

/** Climbs without letting a failure spread to the siblings. */
async function attempt(child: ServiceNode, phase: PhaseUp, ascent: Ascent): Promise<void> {
  if (ascent.dismissed.has(child)) return
  try {
    assertDependencies(child, phase, ascent)
    await climb(child, phase, ascent)
  } catch (error) {
    if (isGivenUp(ascent, error)) throw error
    child.error ??= error
    tellFailure(child.path, { error, message: messageOf(error) })
    ascent.dismissed.set(child, error)
    await ascent.dismiss(child)
  }
}

function assertDependencies(child: ServiceNode, phase: PhaseUp, { dismissed }: Ascent): void {
  const failed = [...dismissed.keys()].find(
    ({ name, parent }) => parent === child.parent && child.after?.includes(name),
  )
  if (!failed) return
  throw new StartFailedError(child.path, phase, new DependencyFailedError(child.path, failed.path, failed.error))
}

function isGivenUp({ signal }: Ascent, error: unknown): boolean {
  return signal.aborted && error === signal.reason
}
