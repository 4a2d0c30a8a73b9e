import { type Forgettable, forgettable } from '../../derived.ts'
import { LiveQuery, type Question } from './live-query.ts'

/** How many questions are known beside those that somebody waits for, and how many bytes of answers are kept. */
const QUERIES_MAX = 10_000
const BYTES_MAX = 256 * 2 ** 20

/** How much is left after too much was let go, so that this is not done for every further answer. */
const KEPT = 3 / 4

/** Lower limits than those. */
export interface LiveQueriesLimits {
  readonly queriesMax?: number | undefined
  readonly bytesMax?: number | undefined
}

/**
 * The questions that were asked lately, with their answers. When there are too many, the oldest that nobody waits for are forgotten first. Of those that somebody
 * waits for the answers are let go of when they are too long together: clients choose what they ask, and could otherwise fill the memory with what hardly differs.
 */
export class LiveQueries implements Forgettable {
  readonly #queriesMax: number
  readonly #bytesMax: number
  readonly #queries = new Map<string, LiveQuery>()
  #bytes = 0

  constructor({ queriesMax = QUERIES_MAX, bytesMax = BYTES_MAX }: LiveQueriesLimits = {}) {
    this.#queriesMax = queriesMax
    this.#bytesMax = bytesMax
    forgettable(this)
  }

  /** How many bytes of answers are kept. */
  get bytes(): number {
    return this.#bytes
  }

  /** The question of that key; made of `question` if it is new. */
  ask(key: string, question: () => Question): LiveQuery {
    const known = this.#queries.get(key)
    if (known) return known
    const query: LiveQuery = new LiveQuery(question(), added => this.#sized(query, added))
    this.#queries.set(key, query)
    if (this.#queries.size > this.#queriesMax) this.#forget(query)
    return query
  }

  /** Of what somebody waits for is kept what it is known again by. */
  forget(): void {
    for (const [key, query] of this.#queries) {
      query.letGo()
      if (!query.isWatched) this.#queries.delete(key)
    }
  }

  /** Ends all waiting. */
  close(): void {
    for (const query of this.#queries.values()) query.finish()
  }

  #sized(query: LiveQuery, added: number): void {
    this.#bytes += added
    if (this.#bytes > this.#bytesMax) this.#forget(query)
  }

  /** Forgets a tenth of what may be forgotten if there are too many, and more while there is too much; not the one that is asked just now. */
  #forget(asked: LiveQuery): void {
    let surplus = this.#queries.size > this.#queriesMax ? this.#queriesMax / 10 : 0
    const isTooMuch = () => this.#bytes > KEPT * this.#bytesMax
    for (const [key, query] of this.#queries) {
      if (surplus <= 0 && !isTooMuch()) return
      if (query === asked) continue
      if (isTooMuch()) query.letGo()
      if (query.isWatched) continue
      surplus--
      this.#bytes -= query.bytes
      this.#queries.delete(key)
    }
  }
}
