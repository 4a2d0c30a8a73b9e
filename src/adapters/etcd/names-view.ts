import type { EngineNames } from '../../discovery/engine/engine.ts'
import type { View } from './follow.ts'
import { lastPart } from './layout.ts'
import type { WatchEvent } from './messages.ts'
import type { Snapshot } from './snapshot.ts'

/** The names of services, from a snapshot on. */
export class NamesView implements View<EngineNames> {
  readonly #epoch: string
  readonly #names: Set<string>
  #revision: number

  constructor({ epoch, revision, kvs }: Snapshot) {
    this.#epoch = epoch
    this.#revision = revision
    this.#names = new Set(kvs.flatMap(({ key }) => lastPart(key) ?? []))
  }

  get value(): EngineNames {
    return { epoch: this.#epoch, revision: this.#revision, names: [...this.#names].toSorted() }
  }

  apply(events: readonly WatchEvent[], revision: number): void {
    for (const { type, kv } of events) {
      const name = lastPart(kv.key)
      if (name === undefined) continue
      if (type === 'DELETE') this.#names.delete(name)
      else this.#names.add(name)
    }
    this.#revision = revision
  }
}
