import type { ServerResponse } from 'node:http'
import { publish } from '../../../core/event.ts'

/** So many lines wait for a reader that does not keep up, as in Consul; those that come then are left out. */
const LINES_MAX = 512

/** One client that reads the log. What it does not take in time is left out and counted, so that the daemon waits for nobody. */
export class LogReader {
  readonly #response: ServerResponse
  readonly #onEnd: () => void
  #waiting: string[] = []
  #left = 0
  #isOver = false

  /** Begins the answer. `onEnd` is called once, when the client is gone or `close` was called. */
  constructor(response: ServerResponse, onEnd: () => void) {
    this.#response = response
    this.#onEnd = onEnd
    response.on('close', () => this.#end())
    response.on('error', () => this.#end())
    response.on('drain', () => this.#catchUp())
    response.writeHead(200, { vary: 'Accept-Encoding' })
    response.flushHeaders()
  }

  /** Sends a line; nothing when it is over. */
  tell(line: string): void {
    if (this.#isOver) return
    if (!this.#response.writableNeedDrain) this.#response.write(line)
    else if (this.#waiting.length < LINES_MAX) this.#waiting.push(line)
    else this.#left++
  }

  /** Ends the answer. Harmless when it is over. */
  close(): void {
    this.#end()
    if (!this.#response.writableEnded) this.#response.end()
  }

  #catchUp(): void {
    const lines = this.#waiting
    this.#waiting = []
    for (const line of lines) this.tell(line)
  }

  #end(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#waiting = []
    this.#onEnd()
    if (this.#left === 0) return
    const message = `A reader of the log did not keep up: ${this.#left} lines were left out`
    publish('daemon', { level: 'warn', event: 'monitor.lagged', message, left: this.#left })
  }
}
