import { createInstance } from '../create-instance.ts'
import type { Instance } from '../instance.ts'

/** The metadata of an image says under this key which registry its original is in. */
const ORIGIN_KEY = 'ropewalk.synced-from'

/** Whether `instance` came by a sync: it is passed on no further, so that no circle of syncs keeps it alive. */
export function isImage({ metadata }: Instance): boolean {
  return Object.hasOwn(metadata, ORIGIN_KEY)
}

/** The image of `original`: the same, with where it comes from. Throws `InvalidInstanceError` when its metadata have no room for that. */
export function imageOf(original: Instance, origin: string): Instance {
  return createInstance({ ...original, status: 'ready', metadata: { ...original.metadata, [ORIGIN_KEY]: origin } })
}
