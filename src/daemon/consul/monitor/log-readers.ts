import type { ServerResponse } from 'node:http'
import type { Clock } from '../../../core/clock.ts'
import { EVENT_AREAS, type EventArea, observe, type RopewalkEvent } from '../../../core/event.ts'
import { ConsulRefusedError } from '../errors.ts'
import { jsonLine, severityOf, textLine } from './log-line.ts'
import { LogReader } from './log-reader.ts'

/** So many may read the log at a time: every event is written for each of them. */
const READERS_MAX = 64

/** What somebody wants to read of the log. */
export interface LogRequest {
  /** The least severe events, of `severityOf`. */
  readonly severityMin: number
  readonly isJson: boolean
}

/** Those who read the log of the daemon as it is written. Without them nothing is observed, and nothing is written. */
export class LogReaders {
  readonly #clock: Clock
  readonly #readers = new Map<LogReader, LogRequest>()
  #unobserve: (() => void) | undefined
  #isClosed = false

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Throws `ConsulRefusedError` when there are too many to let in one more. */
  requireRoom(): void {
    if (this.#readers.size >= READERS_MAX)
      throw new ConsulRefusedError(
        429,
        `The log is read by ${READERS_MAX} clients, which is the limit: end one of them`,
      )
  }

  /** Answers with the events from now on, until the client goes or the returned function is called. Throws `ConsulRefusedError`. */
  add(response: ServerResponse, request: LogRequest): () => void {
    this.requireRoom()
    const reader = new LogReader(response, () => this.#remove(reader))
    this.#readers.set(reader, request)
    this.#unobserve ??= this.#observe()
    if (this.#isClosed) reader.close()
    return () => reader.close()
  }

  /** Ends the answers to all of them, and at once to those who come yet. */
  close(): void {
    this.#isClosed = true
    for (const reader of this.#readers.keys()) reader.close()
  }

  #observe(): () => void {
    const stops = EVENT_AREAS.map(area => observe(area, event => this.#tell(area, event)))
    return () => {
      for (const stop of stops) stop()
    }
  }

  #tell(area: EventArea, event: RopewalkEvent): void {
    const entry = { area, event, time: this.#clock.wallTime() }
    const severity = severityOf(event.level) ?? 0
    let text: string | undefined
    let json: string | undefined
    for (const [reader, { severityMin, isJson }] of this.#readers) {
      if (severity < severityMin) continue
      reader.tell(isJson ? (json ??= jsonLine(entry)) : (text ??= textLine(entry)))
    }
  }

  #remove(reader: LogReader): void {
    this.#readers.delete(reader)
    if (this.#readers.size > 0) return
    this.#unobserve?.()
    this.#unobserve = undefined
  }
}
