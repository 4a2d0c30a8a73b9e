import { messageOf } from './errors.ts'
import type { DesiredState, ServiceNode } from './node.ts'
import { nodeOf } from './node-of.ts'
import type { Phase } from './phase.ts'
import type { Service, ServiceStatus } from './service.ts'

/** How a Service and all below it do at one moment. Can be written as JSON. */
export interface ServiceReport {
  readonly name: string
  readonly path: string
  readonly status: ServiceStatus
  readonly desired: DesiredState
  /** Since when it has its status, in milliseconds since 1970; null while it is idle. */
  readonly since: number | null
  /** How long each phase took the last time, children included, in milliseconds. */
  readonly tookMs: Readonly<Partial<Record<Phase, number>>>
  /** The hook that runs now, or was abandoned because it hung; null if none. */
  readonly running: { readonly phase: Phase; readonly forMs: number } | null
  /** How often it was started again after a failure. */
  readonly restarts: number
  /** Why it is degraded or failed; null when it is not, or when that lies in its children. */
  readonly reason: string | null
  /** In the order of the way up. */
  readonly children: readonly ServiceReport[]
}

/** Tells how `service` and all below it do now. */
export function inspect(service: Service): ServiceReport {
  return report(nodeOf(service))
}

/** The paths of all at or below `service` that are not down, or of which an abandoned hook may still run. */
export function stillRunning(service: Service): string[] {
  const visit = ({ path, status, running, children }: ServiceReport): string[] => {
    const isDown = status === 'idle' || status === 'stopped' || status === 'failed'
    const doing = running ? ` (its ${running.phase} phase)` : ''
    return [...children.flatMap(visit), ...(isDown && !running ? [] : [path + doing])]
  }
  return visit(inspect(service))
}

function report(node: ServiceNode): ServiceReport {
  const { name, path, status, desired, restarts, error, reason } = node
  return {
    name,
    path,
    status,
    desired,
    since: node.since ?? null,
    tookMs: { ...node.tookMs },
    running: node.hooks.running ?? null,
    restarts,
    reason: error === undefined ? (reason ?? null) : messageOf(error),
    children: node.children.map(report),
  }
}
