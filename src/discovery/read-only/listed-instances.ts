import { createInstance } from '../create-instance.ts'
import { InvalidInstanceError, InvalidInstanceListError } from '../errors.ts'
import type { Instance, InstanceInit } from '../instance.ts'

/** By service name: endpoints (`10.0.0.5:8080`, or a URL), or what there is to say of each instance. */
export type InstanceList = Readonly<Record<string, readonly (string | ListedInstance)[]>>

/** What there is to say of one instance; the rest has defaults, the id the first endpoint. */
export type ListedInstance = Omit<InstanceInit, 'serviceName' | 'id'> & { id?: string }

const FIELDS = new Set(['id', 'endpoints', 'weight', 'zone', 'version', 'tags', 'metadata', 'startedAt', 'status'])

/**
 * The instances of a list that somebody wrote, checked from top to bottom: `list` should be an `InstanceList`. Throws
 * `InvalidInstanceListError`, which says where in it something is wrong.
 */
export function listedInstances(list: unknown): Instance[] {
  if (!isRecord(list)) throw new InvalidInstanceListError('', 'is no object of lists by the names of services')
  return Object.entries(list).flatMap(([serviceName, instances]) => ofService(serviceName, instances))
}

function ofService(serviceName: string, instances: unknown): Instance[] {
  if (!Array.isArray(instances)) throw new InvalidInstanceListError(serviceName, 'is no list of instances')
  const all = instances.map((told: unknown, at) => instanceOf(told, { serviceName, where: `${serviceName}[${at}]` }))
  const ids = new Set<string>()
  for (const { id } of all) {
    if (ids.has(id)) throw new InvalidInstanceListError(serviceName, `has the instance "${id}" twice: give each an id`)
    ids.add(id)
  }
  return all
}

function instanceOf(told: unknown, { serviceName, where }: { serviceName: string; where: string }): Instance {
  const init = typeof told === 'string' ? { endpoints: [told] } : told
  if (!isRecord(init)) throw new InvalidInstanceListError(where, 'is neither an endpoint nor an object')
  const unknown = Object.keys(init).find(field => !FIELDS.has(field))
  if (unknown !== undefined)
    throw new InvalidInstanceListError(where, `has a field "${unknown}", which no instance has`)
  const endpoints = Array.isArray(init['endpoints']) ? init['endpoints'].map(endpointOf) : []
  const id = init['id'] ?? idOf(endpoints[0])
  try {
    const complete: Record<string, unknown> = { startedAt: 0, ...init, endpoints, serviceName, id }
    return createInstance(complete as unknown as InstanceInit)
  } catch (error) {
    if (!(error instanceof InvalidInstanceError)) throw error
    throw new InvalidInstanceListError(where, `is no instance: ${error.message}`, { cause: error })
  }
}

/** A host and a port are TCP. */
function endpointOf(told: unknown): unknown {
  return typeof told === 'string' && /^[^/]+:\d+$/.test(told) ? `tcp://${told}` : told
}

/** The endpoint without what an id must not have in it. */
function idOf(endpoint: unknown): string {
  return (typeof endpoint === 'string' ? endpoint : '?').replace(/^[a-z0-9+.-]*:\/\//, '').replaceAll('/', '|')
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
