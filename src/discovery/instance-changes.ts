import { isDeepStrictEqual } from 'node:util'
import type { Instance } from './instance.ts'
import type { InstanceChanges } from './lease.ts'

const CHANGEABLE = ['endpoints', 'weight', 'zone', 'version', 'tags', 'metadata', 'startedAt'] as const

/** What has to change in place for `from` to become `to`; undefined when nothing has. The status is the registry's to say. */
export function changesBetween(from: Instance, to: Instance): InstanceChanges | undefined {
  const changed = CHANGEABLE.filter(field => !isDeepStrictEqual(from[field], to[field]))
  return changed.length > 0 ? Object.fromEntries(changed.map(field => [field, to[field]])) : undefined
}
