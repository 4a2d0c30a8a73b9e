import type { EngineNote } from '../../discovery/engine/engine.ts'
import type { View } from './follow.ts'
import { lastPart } from './layout.ts'
import type { Entry, Snapshot } from './snapshot.ts'
import type { WatchEvent } from './watch-answer.ts'

/** The notes on one service, from a snapshot on. */
export class NotesView implements View<readonly EngineNote[]> {
  readonly #notes = new Map<string, EngineNote>()

  constructor({ entries }: Snapshot) {
    for (const entry of entries) this.#put(entry)
  }

  get value(): readonly EngineNote[] {
    return [...this.#notes.values()]
  }

  apply(events: readonly WatchEvent[]): void {
    for (const event of events) {
      if (event.isDeletion) this.#notes.delete(event.key)
      else this.#put(event)
    }
  }

  #put(entry: Entry): void {
    const note = decodeNote(entry)
    if (note) this.#notes.set(entry.key, note)
  }
}

/** What a note says; undefined when it is none of ours. */
function decodeNote({ key, value }: Entry): EngineNote | undefined {
  try {
    const { name, revision } = JSON.parse(value) as Partial<EngineNote>
    const reader = lastPart(key)
    if (typeof name !== 'string' || typeof revision !== 'number' || reader === undefined) return undefined
    return { reader, name, revision }
  } catch {
    return undefined
  }
}
