import type { Hooks } from './hook-runner.ts'
import { ServiceNode } from './node.ts'
import type { Service } from './service.ts'

/** Where a service keeps its node. Internal: whoever lacks it is driven through `start()` and `stop()` alone. */
export const ownNode: unique symbol = Symbol('ropewalk.node')

/** A service that takes part in the phases of its tree. */
export interface NodeOwner extends Service {
  readonly [ownNode]: ServiceNode
}

const foreignNodes = new WeakMap<Service, ServiceNode>()

/**
 * The node of `service`. One that only implements the interface gets a node that calls its `start()` in the start phase and its `stop()` in
 * the stop phase, and calls that again with no time left at the deadline.
 */
export function nodeOf(service: Service): ServiceNode {
  if (ownNode in service) return (service as NodeOwner)[ownNode]
  const node = foreignNodes.get(service) ?? foreignNode(service)
  foreignNodes.set(service, node)
  return node
}

function foreignNode(service: Service): ServiceNode {
  const node: ServiceNode = new ServiceNode({ service, hooks: foreignHooks(service, () => node.deadlineMs) })
  return node
}

const nothing = () => {}

function foreignHooks(service: Service, deadlineMs: () => number): Hooks {
  return {
    bind: nothing,
    start: ({ signal }) => service.start({ signal }),
    register: nothing,
    drain: nothing,
    async stop({ signal }) {
      const hurry = () => void service.stop({ deadlineMs: 0 }).catch(() => {})
      signal.addEventListener('abort', hurry, { once: true })
      await service.stop({ deadlineMs: signal.aborted ? 0 : deadlineMs() })
      signal.removeEventListener('abort', hurry)
    },
  }
}
