import { type Random, seededRandom } from '../../src/core/random.ts'

/** A figure that was taken. */
export interface Figure {
  readonly name: string
  readonly value: number
  readonly unit: string
}

/** Something the registry promises, and whether it was kept. */
export interface Verdict {
  readonly promise: string
  readonly kept: boolean
  /** What was seen instead, where it was broken. */
  readonly detail?: string
}

/** How a Drill is done. */
export interface DrillRunInit {
  /** In the small form, of a few seconds, for tests. */
  readonly quick: boolean
  readonly seed: number
  /** Told what is going on, for people who wait. */
  readonly onProgress: (text: string) => void
}

/** One execution of a Drill: what it is given, what it found, and what is to be ended after it. */
export class DrillRun implements AsyncDisposable {
  readonly quick: boolean
  readonly seed: number
  readonly random: Random
  readonly figures: Figure[] = []
  readonly verdicts: Verdict[] = []
  /** Parts that could not be done on this machine, and why. */
  readonly skips: string[] = []
  readonly progress: (text: string) => void
  readonly #cleanups = new AsyncDisposableStack()

  constructor({ quick, seed, onProgress }: DrillRunInit) {
    this.quick = quick
    this.seed = seed
    this.random = seededRandom(seed)
    this.progress = onProgress
  }

  /** The one in the small form, else the other. */
  scale<T>(quick: T, full: T): T {
    return this.quick ? quick : full
  }

  /** A whole number from 0 up to, but not including, `end`. */
  chance(end: number): number {
    return Math.floor(this.random.next() * end)
  }

  figure(name: string, value: number, unit: string): void {
    this.figures.push({ name, value, unit })
  }

  /** Says whether a promise was kept; `detail` says what was seen where it was not. */
  promise(promise: string, kept: boolean, detail = ''): void {
    this.verdicts.push({ promise, kept, ...(!kept && { detail }) })
  }

  /** The same for something of which there must be none. */
  never(promise: string, found: readonly unknown[]): void {
    this.promise(promise, found.length === 0, `${found.length} times, such as ${JSON.stringify(found[0])}`)
  }

  /** Notes why a part is not done here. */
  skip(reason: string): void {
    this.skips.push(reason)
  }

  /** Does this afterwards, however the drill ends, the last first. */
  after(cleanup: () => Promise<void> | void): void {
    this.#cleanups.defer(async () => cleanup())
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#cleanups.disposeAsync()
  }
}
