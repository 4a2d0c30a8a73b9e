import { totalmem } from 'node:os'
import { constants, PerformanceObserver } from 'node:perf_hooks'
import v8 from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { Clock, Timer } from '../core/clock.ts'
import { publish } from '../core/event.ts'
import { forgetDerived } from './derived.ts'
import { StoreLimitError } from '../discovery/store/limits.ts'
import type { Memory } from '../discovery/store/memory.ts'

/** With more of the heap in use nothing is added, until no more than the other is. */
const FULL_SHARE = 0.75
const ROOM_SHARE = 0.65

/** How often it is looked, while it is full, whether there is room again: nobody else may make V8 find out. */
const COLLECT_MS = 30_000

/** What V8 counts for young objects into the limit of a heap, and does not give to old ones, where there is so much memory: three times 32 MiB. Of less it is the same share. */
const YOUNG_BYTES_MAX = 96 * 2 ** 20
const YOUNG_MEMORY_BYTES = 4 * 2 ** 30

/** V8 takes so much by itself however little memory there is: half of it or more, and beside the heap are the program and what is on its way on connections. */
const HEAP_BYTES_MIN = 256 * 2 ** 20

/** How much of the heap is in use, and how much there may be. */
export interface HeapUse {
  readonly usedBytes: number
  readonly maxBytes: number
}

/** The heap as HeapRoom sees it. */
export interface Heap {
  /** What is in use; what nobody needs any more is counted until it is collected. */
  use(): HeapUse
  /** Calls `onCollected` each time it has been collected, until the returned function is called. */
  watch(onCollected: () => void): () => void
  /** Has it collected now. */
  collect(): void
}

/**
 * Refuses what would be added, by `requireRoom`, while the heap of this process is nearly full: V8 ends a process whose heap is full, without a chance to do
 * anything about it, and one that is started again with what was kept is soon full again. What is in use is known when the heap was just collected, which V8
 * does more often the fuller it is: when more than three quarters are in use then, and still are without what was only made of the data and can be made again, the event
 * `memory.full` tells so, once, and `memory.available` when it is 65 % or less. See decision 0133.
 */
export class HeapRoom implements Memory {
  readonly #clock: Clock
  readonly #heap: Heap
  #unwatch: () => void = () => {}
  #full: HeapUse | undefined
  #isCollecting = false
  #timer: Timer | undefined

  constructor({ clock, heap = ownHeap }: { clock: Clock; heap?: Heap | undefined }) {
    this.#clock = clock
    this.#heap = heap
  }

  /** Begins to look. Until then there is room. */
  start(): void {
    this.#unwatch = this.#heap.watch(() => this.#look())
  }

  requireRoom(): void {
    if (!this.#full) return
    throw new StoreLimitError(
      `bytes of memory, of ${this.#full.maxBytes}`,
      Math.round(FULL_SHARE * this.#full.maxBytes),
    )
  }

  /** Looks no more. Harmless a second time. */
  close(): void {
    this.#unwatch()
    this.#timer?.cancel()
  }

  #look(): void {
    const use = this.#heap.use()
    if (isOver(use, FULL_SHARE)) forgetDerived()
    if (this.#full) {
      if (!isOver(use, ROOM_SHARE)) this.#haveRoom(use)
    } else if (isOver(use, FULL_SHARE)) this.#lookAgain()
  }

  /** What was forgotten may have been what was too much. */
  #lookAgain(): void {
    if (this.#isCollecting) return
    this.#isCollecting = true
    this.#heap.collect()
    this.#isCollecting = false
    const use = this.#heap.use()
    if (isOver(use, FULL_SHARE)) this.#becomeFull(use)
  }

  #becomeFull(use: HeapUse): void {
    this.#full = use
    this.#later()
    const advice =
      'nothing more is registered or kept. Remove what is not needed, or let it have more (NODE_OPTIONS=--max-old-space-size=…, in MiB)'
    const message = `The memory of the registry is nearly full (${mebibytes(use)}): ${advice}`
    publish('daemon', { level: 'error', event: 'memory.full', message, ...use })
  }

  #haveRoom(use: HeapUse): void {
    this.#full = undefined
    this.#timer?.cancel()
    const message = `There is room in the memory of the registry again (${mebibytes(use)})`
    publish('daemon', { level: 'info', event: 'memory.available', message, ...use })
  }

  #later(): void {
    this.#timer = this.#clock.schedule(COLLECT_MS, () => {
      this.#later()
      this.#heap.collect()
      this.#look()
    })
  }
}

function isOver({ usedBytes, maxBytes }: HeapUse, share: number): boolean {
  return usedBytes > share * maxBytes
}

function mebibytes({ usedBytes, maxBytes }: HeapUse): string {
  return `${Math.round(usedBytes / 2 ** 20)} of ${Math.round(maxBytes / 2 ** 20)} MiB`
}

/**
 * How many bytes of old objects there may be where V8 tells `limitBytes`, on a machine or in a container with `memoryBytes`: without what is counted for young ones, of which nobody
 * tells how much that is; at least a quarter. Where there is so little memory that V8 takes more than half of it by itself: no more than half. Exported for tests.
 */
export function oldBytesMax({ limitBytes, memoryBytes }: { limitBytes: number; memoryBytes: number }): number {
  const youngBytes = YOUNG_BYTES_MAX * Math.min(1, memoryBytes / YOUNG_MEMORY_BYTES)
  const oldBytes = Math.max(limitBytes - youngBytes, limitBytes / 4)
  return memoryBytes < 2 * HEAP_BYTES_MIN ? Math.min(oldBytes, memoryBytes / 2) : oldBytes
}

/** Of the machine, or of the container that this process is in. */
function memoryOfMachine(): number {
  return Math.min(totalmem(), process.constrainedMemory() || Infinity)
}

/** The heap of this process. Exported for tests. */
export const ownHeap: Heap = {
  use() {
    const { heap_size_limit: limit } = v8.getHeapStatistics()
    const spaces = v8.getHeapSpaceStatistics().filter(({ space_name: name }) => !name.startsWith('new_'))
    const usedBytes = spaces.reduce((sum, { space_used_size: used }) => sum + used, 0)
    return { usedBytes, maxBytes: oldBytesMax({ limitBytes: limit, memoryBytes: memoryOfMachine() }) }
  },
  watch(onCollected) {
    const observer = new PerformanceObserver(list => {
      if (list.getEntries().some(isMajor)) onCollected()
    })
    observer.observe({ entryTypes: ['gc'] })
    return () => observer.disconnect()
  },
  collect() {
    v8.setFlagsFromString('--expose-gc')
    const collect = runInNewContext('gc') as () => void
    v8.setFlagsFromString('--no-expose-gc')
    collect()
  },
}

function isMajor(entry: PerformanceEntry): boolean {
  const { detail } = entry as { detail?: { kind?: number } }
  return detail?.kind === constants.NODE_PERFORMANCE_GC_MAJOR
}
