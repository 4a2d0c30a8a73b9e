import type { JuteReader } from './jute-reader.ts'

/** What happened to a node. */
export interface WatchEvent {
  readonly kind: WatchEventKind
  readonly path: string
}

const KINDS = ['created', 'deleted', 'written', 'children'] as const

/** `children`: one of its children came or went. `other` is what newer servers may tell. */
export type WatchEventKind = (typeof KINDS)[number] | 'other'

/** Called for every event at a path and at the children of it. */
export type WatchListener = (event: WatchEvent) => void

/** Who listens to which events of one connection. */
export class Watches {
  readonly #listeners = new Map<string, Set<WatchListener>>()

  /** Whether it is the first one there. */
  add(path: string, listener: WatchListener): boolean {
    const present = this.#listeners.get(path)
    if (present) present.add(listener)
    else this.#listeners.set(path, new Set([listener]))
    return !present
  }

  /** Whether it was the last one there. */
  remove(path: string, listener: WatchListener): boolean {
    const present = this.#listeners.get(path)
    present?.delete(listener)
    return present?.size === 0 && this.#listeners.delete(path)
  }

  /** Reads an event and tells it to whoever listens there, or one level above. */
  hear(reader: JuteReader): void {
    const kind: WatchEventKind = KINDS[reader.int() - 1] ?? 'other'
    // The state of the session, which its own answers tell.
    reader.int()
    const event = { kind, path: reader.string() }
    this.#tell(event.path, event)
    this.#tell(event.path.slice(0, Math.max(1, event.path.lastIndexOf('/'))), event)
  }

  #tell(path: string, event: WatchEvent): void {
    const listeners = this.#listeners.get(path)
    if (listeners) for (const listener of listeners) listener(event)
  }
}
