import { ALL_FIELDS, type FieldSet } from '../changed-fields.ts'
import type { Change, ChangeKind } from './change.ts'

/** How many changes of one service are remembered. */
export const CHANGES_MAX = 512

/** How many places a change takes in each list. */
const WIDTH = 3

/**
 * The last changes of one service, at least `CHANGES_MAX` if there were as many. It serves two ends: a watch that holds a revision not
 * older than the log learns only what has changed since, and people learn when and why an instance came and went.
 *
 * What is known of the changes is in two lists, of numbers and of texts, three places for each change, the oldest first: an object for each would take
 * more than twice the memory, and in a large registry most instances have a change that is remembered; and a list for each kind of thing would be a line of
 * the processor's cache to wait for.
 */
export class ChangeLog {
  /** Of each change its revision, its time and its fields. */
  readonly #numbers: number[] = []
  /** Of each change its id, its kind and its holder. */
  readonly #texts: string[] = []
  /** Every change after this revision is in the log. */
  #reach: number

  constructor(revision: number) {
    this.#reach = revision
  }

  /** Everything remembered, the oldest first. */
  get changes(): readonly Change[] {
    const all = Array.from({ length: this.#texts.length / WIDTH }, (_, place) => this.#change(WIDTH * place))
    return all.slice(-CHANGES_MAX)
  }

  /** Adds a change of those fields; of all if the instance was not there before. */
  append({ revision, id, kind, at, holder }: Change, fields = ALL_FIELDS): void {
    this.#numbers.push(revision, at, fields)
    this.#texts.push(id, kind, holder)
    if (this.#texts.length >= 2 * WIDTH * CHANGES_MAX) this.#trim()
  }

  /** The ids of the instances changed after `revision`, and what of each; undefined when the log does not reach back so far. */
  since(revision: number): ReadonlyMap<string, FieldSet> | undefined {
    if (revision < this.#reach) return undefined
    const ids = new Map<string, FieldSet>()
    for (let from = this.#texts.length - WIDTH; from >= 0; from -= WIDTH) {
      if ((this.#numbers[from] as number) <= revision) break
      const id = this.#texts[from] as string
      ids.set(id, (ids.get(id) ?? 0) | (this.#numbers[from + 2] as FieldSet))
    }
    return ids
  }

  #change(from: number): Change {
    return {
      revision: this.#numbers[from] as number,
      id: this.#texts[from] as string,
      kind: this.#texts[from + 1] as ChangeKind,
      at: this.#numbers[from + 1] as number,
      holder: this.#texts[from + 2] as string,
    }
  }

  #trim(): void {
    const dropped = this.#texts.length - WIDTH * CHANGES_MAX
    this.#reach = this.#numbers[dropped - WIDTH] ?? this.#reach
    this.#numbers.splice(0, dropped)
    this.#texts.splice(0, dropped)
  }
}
