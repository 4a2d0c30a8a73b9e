import { clockJumps } from './clock-jumps.ts'
import { crashes } from './crashes.ts'
import { fuzz } from './fuzz.ts'
import { frozenDaemon } from './frozen-daemon.ts'
import type { Drill } from './harness/drill.ts'
import { damagedJournal } from './damaged-journal.ts'
import { diskFull } from './disk-full.ts'
import { diskReadOnly } from './disk-read-only.ts'
import { idleWatchers } from './idle-watchers.ts'
import { manyInstances } from './many-instances.ts'
import { memoryFull } from './memory-full.ts'
import { reconnectStorm } from './reconnect-storm.ts'
import { selfPreservation } from './self-preservation.ts'
import { slowWatcher } from './slow-watcher.ts'

/** Every drill, in the order in which they are done. */
export const ALL_DRILLS: readonly Drill[] = [
  manyInstances,
  idleWatchers,
  slowWatcher,
  reconnectStorm,
  selfPreservation,
  frozenDaemon,
  clockJumps,
  diskFull,
  diskReadOnly,
  memoryFull,
  damagedJournal,
  crashes,
  fuzz,
]
