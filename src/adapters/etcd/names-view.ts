import type { EngineNames } from '../../discovery/engine/engine.ts'
import type { View } from './follow.ts'
import { lastPart } from './layout.ts'
import type { Snapshot } from './snapshot.ts'
import type { WatchEvent } from './watch-answer.ts'

/** The names of services, from a snapshot on. */
export class NamesView implements View<EngineNames> {
  readonly #epoch: string
  readonly #names: Set<string>
  #revision: number

  constructor({ epoch, revision, entries }: Snapshot) {
    this.#epoch = epoch
    this.#revision = revision
    this.#names = new Set(entries.flatMap(({ key }) => lastPart(key) ?? []))
  }

  get value(): EngineNames {
    return { epoch: this.#epoch, revision: this.#revision, names: [...this.#names].toSorted() }
  }

  apply(events: readonly WatchEvent[], revision: number): void {
    for (const { isDeletion, key } of events) {
      const name = lastPart(key)
      if (name === undefined) continue
      if (isDeletion) this.#names.delete(name)
      else this.#names.add(name)
    }
    this.#revision = revision
  }
}
