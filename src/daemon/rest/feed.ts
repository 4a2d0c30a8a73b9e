import type { EventStream, StreamEvent } from '../../web/event-stream.ts'

/**
 * Keeps one stream of events at the newest state. However often it is woken, it sends one event at a time, made when the client has
 * room for it: a slow reader gets the newest state and never those between.
 */
export class Feed {
  readonly #stream: EventStream
  readonly #newest: () => StreamEvent | undefined
  #waiting = false

  /** `newest` makes the event of the present state; undefined if the client has it already. */
  constructor(stream: EventStream, newest: () => StreamEvent | undefined) {
    this.#stream = stream
    this.#newest = newest
  }

  /** Something has changed. */
  wake(): void {
    if (this.#waiting) return
    if (this.#stream.writable) return this.#send()
    this.#waiting = true
    this.#stream.drained().then(
      () => this.#send(),
      () => {},
    )
  }

  #send(): void {
    this.#waiting = false
    const event = this.#newest()
    if (event) this.#stream.send(event)
  }
}
