import type { ClientMessage } from '../../protocol/client-message.ts'
import { encodeFrames } from '../../protocol/frame.ts'
import { PROTOCOL_LIMITS } from '../../protocol/protocol.ts'

/** A message to send, or what makes it when it is sent: undefined then if there is nothing to say after all. */
export type Outgoing = ClientMessage | (() => ClientMessage | undefined)

/** Collects what is sent in one turn of the event loop and sends it in one frame at the turn's end. */
export class Outbox {
  readonly #send: (frame: string) => void
  #waiting: Outgoing[] = []

  constructor(send: (frame: string) => void) {
    this.#send = send
  }

  push(message: Outgoing): void {
    if (this.#waiting.push(message) === 1) setImmediate(() => this.flush())
  }

  /** Sends what waits now. */
  flush(): void {
    const messages = this.#waiting
    this.#waiting = []
    const encoded = messages.flatMap(encode)
    for (const frame of encodeFrames(encoded, PROTOCOL_LIMITS.clientFrameBytes)) this.#send(frame)
  }
}

function encode(outgoing: Outgoing): string[] {
  const message = typeof outgoing === 'function' ? outgoing() : outgoing
  return message ? [JSON.stringify(message)] : []
}
