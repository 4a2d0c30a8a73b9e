import type { Turn } from '../../turn.ts'
import { folded } from '../state/folded.ts'

/** How many topics keep a revision of their own; of the others it is known that they did not change since the newest one forgotten. */
const TOPICS_MAX = 100_000

/** What something is about that may change, such as `service/web` or `nodes`. */
export type Topic = string

/** The topic of a kind of thing with a name, to which case does not matter. */
export function topicOf(kind: 'service' | 'node' | 'sessions', name: string): Topic {
  return `${kind}/${folded(name)}`
}

/**
 * Which topics changed last at which revision, and who waits for that. Those who wait are told at the end of the turn, once, however
 * often their topics changed in it. A revision only grows.
 */
export class Topics {
  readonly #turn: Turn
  readonly #revisions = new Map<Topic, number>()
  readonly #watchers = new Map<Topic, Set<() => void>>()
  #floor: number
  #due = new Set<() => void>()
  readonly #tellTask = () => this.#tell()

  /** What never changed is at `revision`. */
  constructor(turn: Turn, revision: number) {
    this.#turn = turn
    this.#floor = revision
  }

  /** Something of that topic changed. */
  touch(topic: Topic, revision: number): void {
    // The order in which they changed counts only where some will have to be forgotten.
    if (this.#revisions.size > TOPICS_MAX / 2) this.#revisions.delete(topic)
    this.#revisions.set(topic, revision)
    if (this.#revisions.size > TOPICS_MAX) this.#forgetOldest()
    const watchers = this.#watchers.get(topic)
    if (!watchers) return
    for (const watcher of watchers) this.#due.add(watcher)
    this.#turn.at('notify', this.#tellTask)
  }

  /** The newest revision at which one of the topics changed. */
  revision(topics: readonly Topic[]): number {
    let revision = 0
    for (const topic of topics) revision = Math.max(revision, this.#revisions.get(topic) ?? this.#floor)
    return revision
  }

  /** Whether anybody waits for it. */
  isWatched(topic: Topic): boolean {
    return this.#watchers.has(topic)
  }

  /** Calls `onChange` after each turn in which one of the topics changed, until the returned function is called. */
  watch(topics: readonly Topic[], onChange: () => void): () => void {
    for (const topic of topics) this.#watchersOf(topic).add(onChange)
    return () => {
      this.#due.delete(onChange)
      for (const topic of topics) this.#unwatch(topic, onChange)
    }
  }

  /** Calls `task` at the end of this turn, once. */
  soon(task: () => void): void {
    this.#due.add(task)
    this.#turn.at('notify', this.#tellTask)
  }

  #watchersOf(topic: Topic): Set<() => void> {
    let watchers = this.#watchers.get(topic)
    if (!watchers) this.#watchers.set(topic, (watchers = new Set()))
    return watchers
  }

  #unwatch(topic: Topic, onChange: () => void): void {
    const watchers = this.#watchers.get(topic)
    watchers?.delete(onChange)
    if (watchers?.size === 0) this.#watchers.delete(topic)
  }

  #forgetOldest(): void {
    const [oldest] = this.#revisions
    if (!oldest) return
    const [topic, revision] = oldest
    this.#revisions.delete(topic)
    this.#floor = Math.max(this.#floor, revision)
  }

  #tell(): void {
    const due = this.#due
    this.#due = new Set()
    for (const watcher of due) watcher()
  }
}
