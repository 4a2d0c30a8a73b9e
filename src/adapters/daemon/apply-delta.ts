import type { Instance } from '../../discovery/instance.ts'
import type { DeltaMessage } from '../../protocol/server-message.ts'
import { fromWireInstance } from '../../protocol/wire-instance.ts'

/**
 * The instances after a delta, in the order of their ids. A new list that shares every unchanged Instance with the old one, made in one
 * pass over both. Throws `InvalidInstanceError`.
 */
export function applyDelta(instances: readonly Instance[], { service, put = [], gone = [] }: DeltaMessage): Instance[] {
  const changed = put.map(wire => fromWireInstance(service, wire)).toSorted(byId)
  const dropped = new Set([...gone, ...changed.map(({ id }) => id)])
  const result: Instance[] = []
  let next = 0
  for (const instance of instances) {
    if (dropped.has(instance.id)) continue
    while (next < changed.length && (changed[next] as Instance).id < instance.id)
      result.push(changed[next++] as Instance)
    result.push(instance)
  }
  return result.concat(changed.slice(next))
}

/** In the order of UTF-16 code units, as all of Ropewalk orders ids. */
function byId(a: Instance, b: Instance): number {
  if (a.id === b.id) return 0
  return a.id < b.id ? -1 : 1
}
