import diagnosticsChannel from 'node:diagnostics_channel'

/** The parts of Ropewalk that tell what happens in them, each on the diagnostics channel `ropewalk:<area>`. */
export const EVENT_AREAS = ['service', 'endpoint', 'discovery', 'registry', 'client', 'web', 'daemon', 'cli'] as const

/** One of the parts of Ropewalk that publish events. */
export type EventArea = (typeof EVENT_AREAS)[number]

/**
 * Something that happened, for logs, metrics and people. `event` names it for programs (`instance.registered`), `message` says it for
 * people; the other fields are its facts, flat and serialisable (an Error goes in `error`).
 */
export interface RopewalkEvent {
  readonly level: 'debug' | 'info' | 'warn' | 'error'
  readonly event: string
  readonly message: string
  readonly [fact: string]: unknown
}

/** Tells whoever listens to `ropewalk:<area>`. Costs next to nothing while nobody does. */
export function publish(area: EventArea, event: RopewalkEvent): void {
  channels[area].publish(event)
}

/** Whether anybody listens to `ropewalk:<area>`: ask before building an event on a hot path. */
export function isObserved(area: EventArea): boolean {
  return channels[area].hasSubscribers
}

/** Calls `listener` for every event of `area` until the returned function is called. */
export function observe(area: EventArea, listener: (event: RopewalkEvent) => void): () => void {
  const onMessage = (message: unknown) => listener(message as RopewalkEvent)
  diagnosticsChannel.subscribe(`ropewalk:${area}`, onMessage)
  return () => void diagnosticsChannel.unsubscribe(`ropewalk:${area}`, onMessage)
}

const channels = Object.fromEntries(
  EVENT_AREAS.map(area => [area, diagnosticsChannel.channel(`ropewalk:${area}`)]),
) as Record<EventArea, diagnosticsChannel.Channel>
