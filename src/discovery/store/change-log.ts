import { ALL_FIELDS, type FieldSet } from '../changed-fields.ts'
import type { Change } from './change.ts'

/** How many changes of one service are remembered. */
export const CHANGES_MAX = 512

/**
 * The last changes of one service, at least `CHANGES_MAX` if there were as many. It serves two ends: a watch that holds a revision not
 * older than the log learns only what has changed since, and people learn when and why an instance came and went.
 */
export class ChangeLog {
  #changes: Change[] = []
  /** What each of them changed. */
  #fields: FieldSet[] = []
  /** Every change after this revision is in the log. */
  #reach: number

  constructor(revision: number) {
    this.#reach = revision
  }

  /** Everything remembered, the oldest first. */
  get changes(): readonly Change[] {
    return this.#changes.slice(-CHANGES_MAX)
  }

  /** Adds a change of those fields; of all if the instance was not there before. */
  append(change: Change, fields = ALL_FIELDS): void {
    this.#changes.push(change)
    this.#fields.push(fields)
    if (this.#changes.length >= 2 * CHANGES_MAX) this.#trim()
  }

  /** The ids of the instances changed after `revision`, and what of each; undefined when the log does not reach back so far. */
  since(revision: number): ReadonlyMap<string, FieldSet> | undefined {
    if (revision < this.#reach) return undefined
    const ids = new Map<string, FieldSet>()
    for (let at = this.#changes.length - 1; at >= 0; at--) {
      const change = this.#changes[at] as Change
      if (change.revision <= revision) break
      ids.set(change.id, (ids.get(change.id) ?? 0) | (this.#fields[at] as FieldSet))
    }
    return ids
  }

  #trim(): void {
    const dropped = this.#changes.splice(0, this.#changes.length - CHANGES_MAX)
    this.#fields.splice(0, dropped.length)
    this.#reach = dropped.at(-1)?.revision ?? this.#reach
  }
}
