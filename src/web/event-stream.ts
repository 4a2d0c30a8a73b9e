import type { IncomingMessage, ServerResponse } from 'node:http'
import { abortable, type Abortable } from '../core/abort.ts'
import { type Clock, systemClock, type Timer } from '../core/clock.ts'
import { ClientGoneError } from './errors.ts'

/** One server-sent event. Neither `id` nor `event` may contain a line break. */
export interface StreamEvent {
  /** What the client sends as `Last-Event-ID` when it comes back. */
  readonly id?: string | number
  /** Default (of the client): `message`. */
  readonly event?: string
  readonly data: string
}

/** How to keep a stream. */
export interface EventStreamOptions extends Abortable {
  clock?: Clock
  /** How often a comment is sent so that both sides notice a dead connection. Default 15,000. */
  heartbeatMs?: number
}

/**
 * Answers a request with server-sent events. What is sent while the client does not read is kept by the socket, so a stream that may
 * meet a slow reader asks `writable` or awaits `drained()` before it makes the next event, and then sends only the newest state:
 * coalesced, not buffered. Ends when the client leaves, when the given signal aborts, or by `close()`.
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export class EventStream {
  readonly #response: ServerResponse
  readonly #clock: Clock
  readonly #heartbeatMs: number
  readonly #ended = new AbortController()
  #heartbeat: Timer | undefined

  constructor(request: IncomingMessage, response: ServerResponse, options: EventStreamOptions = {}) {
    const { clock = systemClock, heartbeatMs = 15_000, signal } = options
    this.#response = response
    this.#clock = clock
    this.#heartbeatMs = heartbeatMs
    const close = () => this.close()
    response.on('close', () => {
      signal?.removeEventListener('abort', close)
      this.#end()
    })
    response.on('error', () => this.#end())
    response.writeHead(200, {
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    })
    response.flushHeaders()
    if (request.method === 'HEAD' || signal?.aborted) this.close()
    else signal?.addEventListener('abort', close, { once: true })
    this.#beat()
  }

  /** Aborts when the stream is over, whoever ended it. */
  get signal(): AbortSignal {
    return this.#ended.signal
  }

  /** Whether the client keeps up: what was sent is on its way, and the next event will not be kept here. */
  get writable(): boolean {
    return !this.signal.aborted && !this.#response.writableNeedDrain
  }

  /** Sends an event; false if the next should wait for `drained()`. Does nothing once the stream is over. */
  send({ id, event, data }: StreamEvent): boolean {
    if (this.signal.aborted) return false
    const head =
      (id === undefined ? '' : `id: ${oneLine(id)}\n`) + (event === undefined ? '' : `event: ${oneLine(event)}\n`)
    return this.#response.write(`${head}data: ${data.replaceAll(/\r\n|\r|\n/g, '\ndata: ')}\n\n`)
  }

  /** Resolves when `writable`; rejects with ClientGoneError when the stream is over, with the signal's reason when that aborts. */
  async drained({ signal }: Abortable = {}): Promise<void> {
    while (!this.writable) {
      this.signal.throwIfAborted()
      const { promise, resolve } = Promise.withResolvers<void>()
      this.#response.once('drain', resolve)
      try {
        await abortable(abortable(promise, this.signal), signal)
      } finally {
        this.#response.off('drain', resolve)
      }
    }
  }

  /** Ends the stream; the client will come back unless told otherwise. Harmless when it is over. */
  close(): void {
    this.#end()
    if (!this.#response.writableEnded) this.#response.end()
  }

  #beat(): void {
    if (this.signal.aborted) return
    this.#heartbeat = this.#clock.schedule(this.#heartbeatMs, () => {
      if (this.writable) this.#response.write(':\n\n')
      this.#beat()
    })
  }

  #end(): void {
    this.#heartbeat?.cancel()
    this.#ended.abort(new ClientGoneError())
  }
}

function oneLine(value: string | number): string {
  const text = String(value)
  if (/[\r\n\0]/.test(text))
    throw new TypeError(`${JSON.stringify(text)} cannot be the id or name of a server-sent event`)
  return text
}
