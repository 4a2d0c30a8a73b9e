import type { Clock, Timer } from '../../core/clock.ts'

/** Something that has to be looked at when its time comes. `dueAt` belongs to `Deadlines`. */
export interface Due {
  /** When it is looked at next, on the clock; Infinity for never. */
  dueAt: number
}

/** A timer that fires later than this after its time tells that this very process was stopped or starved meanwhile. */
const PAUSE_MS_MIN = 250

/** While there is anything to look at a timer fires at least so often, or a pause that ends just after a deadline would look short. */
const TICK_MS = 500

/** What to do when a time comes. */
export interface DeadlineListener<T> {
  /** Called at the item's time. Whoever wants to look again says so with `watch`. */
  onDue: (item: T) => void
  /** Called first if this process itself was stopped for `pausedMs`: nobody's silence counts then. */
  onPause: (pausedMs: number) => void
}

/**
 * Looks at many items, each at its own time, with one timer. *Putting a time off costs nothing*: an item stays at its earlier place in a
 * binary heap, is looked at in vain when that comes, and goes back with its new time. So a renewal is one assignment in the owner, and
 * an owner that renews in time costs one O(log n) step per TTL, however often it renews; bringing a time forward costs O(log n).
 * A timing wheel would save the logarithm (17 at 100,000) and lose the exact time.
 */
export class Deadlines<T extends Due> {
  #clock: Clock
  #listener: DeadlineListener<T>
  /** A binary heap by time. Entries whose time is no longer the item's own are leftovers, dropped when they come up. */
  #heap: Entry<T>[] = []
  /** How many items have a time. */
  #count = 0
  #timer: Timer | undefined
  #timerAt = Infinity
  /** While it looks at what is due it sets no timer: one for what is about to be looked at would be late at once, by this very turn. */
  #isLooking = false
  #closed = false

  constructor(clock: Clock, listener: DeadlineListener<T>) {
    this.#clock = clock
    this.#listener = listener
  }

  /** Looks at `item` at `at`, or earlier if that was asked before. */
  watch(item: T, at: number): void {
    if (at >= item.dueAt || this.#closed) return
    if (item.dueAt === Infinity) this.#count++
    item.dueAt = at
    this.#push({ at, item })
    this.#arm()
  }

  /** Never looks at `item` again unless asked anew. */
  forget(item: T): void {
    if (item.dueAt === Infinity) return
    item.dueAt = Infinity
    if (--this.#count > 0) return
    this.#heap = []
    this.#arm()
  }

  /** Looks at nothing any more. */
  close(): void {
    this.#closed = true
    this.#timer?.cancel()
    this.#timer = undefined
    this.#heap = []
  }

  #arm(): void {
    if (this.#isLooking) return
    const at = this.#heap[0]?.at ?? Infinity
    if (this.#timer && at !== Infinity && at >= this.#timerAt) return
    this.#timer?.cancel()
    this.#timer = undefined
    if (at === Infinity) return
    const now = this.#clock.now()
    this.#timerAt = Math.min(at, now + TICK_MS)
    this.#timer = this.#clock.schedule(Math.max(0, this.#timerAt - now), () => this.#wake())
  }

  #wake(): void {
    const pausedMs = this.#clock.now() - this.#timerAt
    this.#timer = undefined
    if (pausedMs > PAUSE_MS_MIN) this.#listener.onPause(pausedMs)
    this.#isLooking = true
    try {
      for (let entry = this.#heap[0]; entry && entry.at <= this.#clock.now(); entry = this.#heap[0]) {
        this.#pop()
        this.#look(entry)
      }
    } finally {
      this.#isLooking = false
      this.#arm()
    }
  }

  #look({ at, item }: Entry<T>): void {
    if (item.dueAt !== at) return
    item.dueAt = Infinity
    this.#count--
    this.#listener.onDue(item)
  }

  #push(entry: Entry<T>): void {
    const heap = this.#heap
    let at = heap.length
    for (let parent = (at - 1) >> 1; at > 0 && entryAt(heap, parent).at > entry.at; parent = (at - 1) >> 1) {
      heap[at] = entryAt(heap, parent)
      at = parent
    }
    heap[at] = entry
  }

  #pop(): void {
    const heap = this.#heap
    const last = heap.pop()
    if (last === undefined || heap.length === 0) return
    let at = 0
    for (let child = this.#lesserChild(at); child !== -1; child = this.#lesserChild(at)) {
      if (entryAt(heap, child).at >= last.at) break
      heap[at] = entryAt(heap, child)
      at = child
    }
    heap[at] = last
  }

  #lesserChild(at: number): number {
    const left = 2 * at + 1
    if (left >= this.#heap.length) return -1
    const right = left + 1
    return right < this.#heap.length && entryAt(this.#heap, right).at < entryAt(this.#heap, left).at ? right : left
  }
}

interface Entry<T> {
  readonly at: number
  readonly item: T
}

function entryAt<T>(heap: readonly Entry<T>[], at: number): Entry<T> {
  return heap[at] as Entry<T>
}
