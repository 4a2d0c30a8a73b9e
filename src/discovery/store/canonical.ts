import type { Instance, InstanceStatus } from '../instance.ts'

const NO_TEXTS: readonly string[] = Object.freeze([])
const NO_METADATA: Readonly<Record<string, string>> = Object.freeze({})

/**
 * The same Instance with this status, frozen, and made small, for a registry holds very many: all fields in one order (so that all share
 * one hidden class), the service name the one string that `names` keeps of it, empty lists and metadata the same objects everywhere.
 */
export function canonical(instance: Instance, status: InstanceStatus): Instance {
  return Object.freeze({
    serviceName: instance.serviceName,
    id: instance.id,
    endpoints: instance.endpoints,
    weight: instance.weight,
    zone: instance.zone,
    version: instance.version,
    tags: instance.tags.length === 0 ? NO_TEXTS : instance.tags,
    metadata: isEmpty(instance.metadata) ? NO_METADATA : instance.metadata,
    startedAt: instance.startedAt,
    status,
  })
}

function isEmpty(record: Readonly<Record<string, string>>): boolean {
  for (const _ in record) return false
  return true
}
