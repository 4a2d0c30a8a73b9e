import type { EventArea, RopewalkEvent } from '../core/event.ts'

/** One line of the log before it is written: an event, where it happened, and when. */
export interface LogRecord extends RopewalkEvent {
  readonly area: EventArea
  /** Milliseconds since 1970. */
  readonly time: number
}
