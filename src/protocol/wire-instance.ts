import { createInstance } from '../discovery/create-instance.ts'
import type { Instance } from '../discovery/instance.ts'

/**
 * An Instance as it travels inside a message that names its service: without `serviceName`, and without each field that has its
 * default (weight 1, empty zone, version, tags and metadata, status `ready`).
 */
export type WireInstance = Pick<Instance, 'id' | 'endpoints' | 'startedAt'> &
  Partial<Pick<Instance, 'weight' | 'zone' | 'version' | 'tags' | 'metadata' | 'status'>>

/** The short form of `instance`. Shares its lists with it. */
export function toWireInstance(instance: Instance): WireInstance {
  const { id, endpoints, startedAt, weight, zone, version, tags, metadata, status } = instance
  return {
    id,
    endpoints,
    startedAt,
    ...(weight !== 1 && { weight }),
    ...(zone !== '' && { zone }),
    ...(version !== '' && { version }),
    ...(tags.length > 0 && { tags }),
    ...(!isEmpty(metadata) && { metadata }),
    ...(status !== 'ready' && { status }),
  }
}

/** The whole Instance again, checked and frozen. Throws `InvalidInstanceError`. */
export function fromWireInstance(serviceName: string, wire: WireInstance): Instance {
  return createInstance({ ...wire, serviceName })
}

function isEmpty(record: Readonly<Record<string, string>>): boolean {
  for (const _ in record) return false
  return true
}
