import { crashes } from './crashes.ts'
import { manyInstances } from './many-instances.ts'
import { reconnectStorm } from './reconnect-storm.ts'
import type { Drill } from './harness/drill.ts'

/** Every drill, in the order in which they are done. */
export const ALL_DRILLS: readonly Drill[] = [manyInstances, reconnectStorm, crashes]
