import { LiveQuery, type Question } from './live-query.ts'

/** How many answers are kept, and how many bytes of them, beside those that somebody waits for. */
const QUERIES_MAX = 10_000
const BYTES_MAX = 256 * 1024 * 1024

/** The questions that were asked lately, with their answers. Of those that nobody waits for, the longest unasked are forgotten first. */
export class LiveQueries {
  readonly #queries = new Map<string, LiveQuery>()

  /** The question of that key; made of `question` if it is new. */
  ask(key: string, question: () => Question): LiveQuery {
    const known = this.#queries.get(key)
    if (known) return known
    const query = new LiveQuery(question())
    this.#queries.set(key, query)
    if (this.#queries.size > QUERIES_MAX) this.#forget()
    return query
  }

  /** Ends all waiting. */
  close(): void {
    for (const query of this.#queries.values()) query.finish()
  }

  /** Forgets a tenth of what may be forgotten, and more while there is too much. */
  #forget(): void {
    let bytes = 0
    for (const query of this.#queries.values()) bytes += query.bytes
    let surplus = QUERIES_MAX / 10
    for (const [key, query] of this.#queries) {
      if (surplus <= 0 && bytes <= BYTES_MAX) return
      if (query.isWatched) continue
      surplus--
      bytes -= query.bytes
      this.#queries.delete(key)
    }
  }
}
