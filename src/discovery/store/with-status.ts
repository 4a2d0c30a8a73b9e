import type { Instance, InstanceStatus } from '../instance.ts'

/** An Instance of `createInstance` with this status: itself if it has it. All have their fields in one order, so that all share one hidden class. */
export function withStatus(instance: Instance, status: InstanceStatus): Instance {
  if (instance.status === status) return instance
  return Object.freeze({
    serviceName: instance.serviceName,
    id: instance.id,
    endpoints: instance.endpoints,
    weight: instance.weight,
    zone: instance.zone,
    version: instance.version,
    tags: instance.tags,
    metadata: instance.metadata,
    startedAt: instance.startedAt,
    status,
  })
}
