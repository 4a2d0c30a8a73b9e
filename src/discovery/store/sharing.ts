import type { Instance, InstanceStatus } from '../instance.ts'
import { sameList, sameRecord } from '../same-instance.ts'
import { withStatus } from './with-status.ts'

/**
 * An Instance with this status that shares with `other`, of the same service, what they both say: its name, zone, version, tags and metadata
 * are mostly the same in all instances of a service, and were read anew from what each of them sent.
 */
export function sharing(instance: Instance, status: InstanceStatus, other: Instance | undefined): Instance {
  if (!other) return withStatus(instance, status)
  const { serviceName, zone, version, tags, metadata } = other
  return Object.freeze({
    serviceName,
    id: instance.id,
    endpoints: instance.endpoints,
    weight: instance.weight,
    zone: instance.zone === zone ? zone : instance.zone,
    version: instance.version === version ? version : instance.version,
    tags: sameList(instance.tags, tags) ? tags : instance.tags,
    metadata: sameRecord(instance.metadata, metadata) ? metadata : instance.metadata,
    startedAt: instance.startedAt,
    status,
  })
}
