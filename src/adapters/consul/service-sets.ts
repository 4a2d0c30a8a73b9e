import type { Clock } from '../../core/clock.ts'
import type { EngineCall, EngineSet } from '../../discovery/engine/engine.ts'
import type { Books } from './books.ts'
import { Entries } from './entries.ts'
import { consulName } from './names.ts'
import type { ServiceEntry } from './service-entry.ts'

/** What an endpoint of Consul has now, and which data it is of. */
export interface Change {
  readonly epoch: string
  readonly revision: number
  readonly content: unknown
}

/** What ServiceSets need. */
export interface ServiceSetsOptions {
  readonly books: Books
  readonly clock: Clock
  /** For how long what was known before is kept though its checks fail, in milliseconds. */
  readonly graceMs: number
  /** What was known when Consul was lost; undefined if it was not. */
  readonly entries: Entries | undefined
}

/** Makes sets of what Consul has of a service. */
export class ServiceSets {
  readonly entries: Entries
  readonly #serviceName: string
  readonly #options: ServiceSetsOptions
  #isLenient: boolean
  #known = false

  constructor(serviceName: string, options: ServiceSetsOptions) {
    this.#serviceName = serviceName
    this.#options = options
    this.#isLenient = options.entries !== undefined
    this.entries = options.entries ?? new Entries(serviceName)
  }

  /** A set for each change, and one when the grace is over that begins with the first. */
  async *of(changes: AsyncGenerator<Change, void, void>, call: EngineCall): AsyncGenerator<EngineSet, void, void> {
    const { clock, graceMs } = this.#options
    let change = (await changes.next()).value
    const over = Promise.withResolvers<void>()
    const timer = clock.schedule(this.#isLenient ? graceMs : 0, () => this.#endGrace(over.resolve))
    try {
      while (change) {
        yield await this.#set(change, call)
        const next = changes.next()
        next.catch(() => {})
        if (this.#isLenient && !(await Promise.race([next, over.promise]))) yield await this.#set(change, call)
        change = (await next).value
      }
    } finally {
      timer.cancel()
      await changes.return()
    }
  }

  #endGrace(resolve: () => void): void {
    this.#isLenient = false
    resolve()
  }

  async #set({ epoch, revision, content }: Change, call: EngineCall): Promise<EngineSet> {
    const list = content as readonly ServiceEntry[]
    this.#known ||= list.length > 0 || (await this.#options.books.isKnown(this.#serviceName, call))
    const reading = { name: consulName(this.#serviceName), isLenient: this.#isLenient }
    return { epoch, revision, known: this.#known, instances: this.entries.read(list, reading) }
  }
}
