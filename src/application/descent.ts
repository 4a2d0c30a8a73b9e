import { type ServiceFailure, StopFailedError } from './errors.ts'
import type { ServiceNode } from './node.ts'
import { inOrder, orderDown } from './order.ts'
import type { PhaseDown } from './phase.ts'
import type { Tree } from './tree.ts'

/** The part of a deadline that draining may take, so that what is in flight has the rest of it to finish. */
export const DRAIN_SHARE = 0.5

/** When each phase of a way down has to come to an end: what is left of it then is to be given up, or destroyed. */
export type DescentLimits = Readonly<Record<PhaseDown, AbortSignal>>

/** What one way down is told, and what it finds. */
export interface Descent {
  readonly tree: Tree
  /** Those of the tree that are to be down. */
  readonly nodes: ReadonlySet<ServiceNode>
  readonly limits: DescentLimits
  /** What went wrong; whatever does, no node is skipped. */
  readonly failures: ServiceFailure[]
}

/**
 * Takes `top` and what is below it down: drains all at once, then stops each after all that came after it on the way up. Nodes that are
 * down already are passed over. Never rejects.
 */
export async function descend(top: ServiceNode, descent: Descent): Promise<void> {
  await drain(top, descent)
  await stop(top, descent)
}

async function drain(node: ServiceNode, descent: Descent): Promise<void> {
  const drainChildren = () => Promise.all(childrenOf(node, descent).map(child => drain(child, descent)))
  if (node.reached !== 'register' || !descent.nodes.has(node)) return void (await drainChildren())
  node.become('draining')
  await node.measure('drain', async () => void (await Promise.all([leave(node, 'drain', descent), drainChildren()])))
}

async function stop(node: ServiceNode, descent: Descent): Promise<void> {
  const stopChildren = () => inOrder(orderDown(childrenOf(node, descent)), child => stop(child, descent))
  if (node.reached === undefined || !descent.nodes.has(node)) return stopChildren()
  node.become('stopping')
  await node.measure('stop', async () => {
    await stopChildren()
    const below = descent.failures.filter(({ path }) => path.startsWith(`${node.path}/`))
    if (below.length > 0) node.error ??= new StopFailedError(below)
    await leave(node, 'stop', descent)
  })
  node.reached = undefined
  node.become(node.error === undefined ? 'stopped' : 'failed')
}

function childrenOf(node: ServiceNode, { tree }: Descent): readonly ServiceNode[] {
  return tree.get(node) ?? []
}

async function leave(node: ServiceNode, phase: PhaseDown, { limits, failures }: Descent): Promise<void> {
  try {
    await node.hooks.run(phase, limits[phase])
  } catch (error) {
    node.error ??= error
    failures.push({ path: node.path, error })
  }
}
