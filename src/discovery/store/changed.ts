import { createInstance } from '../create-instance.ts'
import type { Instance } from '../instance.ts'
import type { InstanceChanges } from '../lease.ts'

/** What may change in place; anything else in `changes` is ignored. */
const CHANGEABLE: readonly (keyof InstanceChanges)[] = [
  'endpoints',
  'weight',
  'zone',
  'version',
  'tags',
  'metadata',
  'startedAt',
]

/** The Instance with the changes made. Throws `InvalidInstanceError` when one of them is out of its limits. */
export function changed(instance: Instance, changes: InstanceChanges): Instance {
  const allowed = CHANGEABLE.filter(field => changes[field] !== undefined).map(field => [field, changes[field]])
  return createInstance({ ...instance, ...(Object.fromEntries(allowed) as InstanceChanges) })
}
