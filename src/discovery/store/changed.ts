import { changeInstance } from '../create-instance.ts'
import type { Instance } from '../instance.ts'
import type { InstanceChanges } from '../lease.ts'

/** The Instance with the changes made; its status is not its holder's to change. Throws `InvalidInstanceError` when one of them is out of its limits. */
export function changed(instance: Instance, changes: InstanceChanges): Instance {
  return changeInstance(instance, { ...changes, status: instance.status })
}
