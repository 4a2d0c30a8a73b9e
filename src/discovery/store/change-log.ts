import { ALL_FIELDS, type FieldSet } from '../changed-fields.ts'
import type { Change, ChangeKind } from './change.ts'

/** How many changes of one service are remembered. */
export const CHANGES_MAX = 512

/**
 * The last changes of one service, at least `CHANGES_MAX` if there were as many. It serves two ends: a watch that holds a revision not
 * older than the log learns only what has changed since, and people learn when and why an instance came and went.
 *
 * What is known of the changes is in one list for each kind of thing, a place for each change, the oldest first: an object for each would take
 * more than twice the memory, and in a large registry most instances have a change that is remembered.
 */
export class ChangeLog {
  readonly #revisions: number[] = []
  readonly #ids: string[] = []
  readonly #kinds: ChangeKind[] = []
  readonly #times: number[] = []
  readonly #holders: string[] = []
  readonly #fields: FieldSet[] = []
  /** Every change after this revision is in the log. */
  #reach: number

  constructor(revision: number) {
    this.#reach = revision
  }

  /** Everything remembered, the oldest first. */
  get changes(): readonly Change[] {
    const from = Math.max(0, this.#ids.length - CHANGES_MAX)
    return this.#ids.slice(from).map((_, place) => this.#change(from + place))
  }

  /** Adds a change of those fields; of all if the instance was not there before. */
  append({ revision, id, kind, at, holder }: Change, fields = ALL_FIELDS): void {
    this.#revisions.push(revision)
    this.#ids.push(id)
    this.#kinds.push(kind)
    this.#times.push(at)
    this.#holders.push(holder)
    this.#fields.push(fields)
    if (this.#ids.length >= 2 * CHANGES_MAX) this.#trim()
  }

  /** The ids of the instances changed after `revision`, and what of each; undefined when the log does not reach back so far. */
  since(revision: number): ReadonlyMap<string, FieldSet> | undefined {
    if (revision < this.#reach) return undefined
    const ids = new Map<string, FieldSet>()
    for (let place = this.#ids.length - 1; place >= 0; place--) {
      if ((this.#revisions[place] as number) <= revision) break
      const id = this.#ids[place] as string
      ids.set(id, (ids.get(id) ?? 0) | (this.#fields[place] as FieldSet))
    }
    return ids
  }

  #change(place: number): Change {
    return {
      revision: this.#revisions[place] as number,
      id: this.#ids[place] as string,
      kind: this.#kinds[place] as ChangeKind,
      at: this.#times[place] as number,
      holder: this.#holders[place] as string,
    }
  }

  #trim(): void {
    const dropped = this.#ids.length - CHANGES_MAX
    this.#reach = this.#revisions[dropped - 1] ?? this.#reach
    for (const list of [this.#revisions, this.#ids, this.#kinds, this.#times, this.#holders, this.#fields])
      list.splice(0, dropped)
  }
}
