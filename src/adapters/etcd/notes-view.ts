import type { EngineNote } from '../../discovery/engine/engine.ts'
import { decodeText } from './base64.ts'
import type { View } from './follow.ts'
import { lastPart } from './layout.ts'
import type { KeyValue, WatchEvent } from './messages.ts'
import type { Snapshot } from './snapshot.ts'

/** The notes on one service, from a snapshot on. */
export class NotesView implements View<readonly EngineNote[]> {
  readonly #notes = new Map<string, EngineNote>()

  constructor({ kvs }: Snapshot) {
    for (const kv of kvs) this.#put(kv)
  }

  get value(): readonly EngineNote[] {
    return [...this.#notes.values()]
  }

  apply(events: readonly WatchEvent[]): void {
    for (const { type, kv } of events) {
      if (type === 'DELETE') this.#notes.delete(kv.key)
      else this.#put(kv)
    }
  }

  #put(kv: KeyValue): void {
    const note = decodeNote(kv)
    if (note) this.#notes.set(kv.key, note)
  }
}

/** What a note says; undefined when it is none of ours. */
function decodeNote({ key, value = '' }: KeyValue): EngineNote | undefined {
  try {
    const { name, revision } = JSON.parse(decodeText(value)) as Partial<EngineNote>
    const reader = lastPart(key)
    if (typeof name !== 'string' || typeof revision !== 'number' || reader === undefined) return undefined
    return { reader, name, revision }
  } catch {
    return undefined
  }
}
