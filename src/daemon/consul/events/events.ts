import { randomUUID } from 'node:crypto'
import type { Topics } from '../live/topics.ts'
import { CONSUL_LIMITS } from '../state/limits.ts'

/** Something that somebody told everybody, as Consul shows it. */
export interface EventRow {
  readonly ID: string
  readonly Name: string
  /** Base64; null if there is none. */
  readonly Payload: string | null
  readonly NodeFilter: string
  readonly ServiceFilter: string
  readonly TagFilter: string
  readonly Version: 1
  readonly LTime: number
}

/** The last events that were fired. They live in memory, as Consul's do: who was not there has missed them. */
export class Events {
  readonly #topics: Topics
  readonly #stamp: () => number
  #events: EventRow[] = []
  #time = 1

  constructor(topics: Topics, stamp: () => number) {
    this.#topics = topics
    this.#stamp = stamp
  }

  /** Tells everybody who listens at this agent, if it is one that hears of it: by its filters an event can be for others only. */
  fire(
    fields: Pick<EventRow, 'Name' | 'Payload' | 'NodeFilter' | 'ServiceFilter' | 'TagFilter'>,
    isHeard: boolean,
  ): EventRow {
    const { Name, Payload, NodeFilter, ServiceFilter, TagFilter } = fields
    const event = { ID: randomUUID(), Name, Payload, NodeFilter, ServiceFilter, TagFilter, Version: 1 as const }
    const told = { ...event, LTime: ++this.#time }
    if (isHeard) {
      this.#events = [...this.#events, told].slice(-CONSUL_LIMITS.events)
      this.#topics.touch('events', this.#stamp())
    }
    return { ...event, LTime: 0 }
  }

  /** Those of that name, or all, the oldest first. */
  list(name = ''): EventRow[] {
    return this.#events.filter(event => name === '' || event.Name === name)
  }

  /** What clients compare to know whether there is anything new: made of the last event's id, so that it is the same on every agent. */
  static index(events: readonly EventRow[]): string {
    const last = events.at(-1)
    if (!last) return '1'
    const digits = last.ID.replaceAll('-', '')
    return String(BigInt(`0x${digits.slice(0, 16)}`) ^ BigInt(`0x${digits.slice(16)}`))
  }
}
