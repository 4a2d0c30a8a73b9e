/**
 * Tells data that was put back from a copy, with the epoch it had but older revisions, from data that goes on. etcd's answers are never
 * older than what any node had answered when the question was asked.
 */
export class DataHistory {
  #newest = 0
  #restores = 0

  /** The newest revision there has been: to be taken before a question is asked. */
  get newest(): number {
    return this.#newest
  }

  /** How the data is called that has this epoch and revision, when the newest had been `before`. */
  epoch(id: string, revision: number, before: number): string {
    if (revision < before && before === this.#newest) {
      this.#restores++
      this.#newest = revision
    }
    this.#newest = Math.max(this.#newest, revision)
    return this.#restores === 0 ? id : `${id}/${this.#restores}`
  }
}
