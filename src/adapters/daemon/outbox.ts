import type { ClientMessage } from '../../protocol/client-message.ts'
import { encodeFrames } from '../../protocol/frame.ts'
import { RENEW } from '../../protocol/plain-message.ts'
import { PROTOCOL_LIMITS } from '../../protocol/protocol.ts'

/** A message to send, or what makes it when it is sent: undefined then if there is nothing to say after all. */
export type Outgoing = ClientMessage | (() => ClientMessage | undefined)

/** Collects what is sent in one turn of the event loop and sends it in one frame at the turn's end. */
export class Outbox {
  readonly #send: (frame: string) => void
  #waiting: Outgoing[] = []
  readonly #flush = () => this.flush()

  constructor(send: (frame: string) => void) {
    this.#send = send
  }

  push(message: Outgoing): void {
    if (this.#waiting.push(message) === 1) setImmediate(this.#flush)
  }

  /** Sends what waits now. */
  flush(): void {
    const messages = this.#waiting
    this.#waiting = []
    const encoded: string[] = []
    for (const outgoing of messages) {
      const message = typeof outgoing === 'function' ? outgoing() : outgoing
      if (message) encoded.push(encode(message))
    }
    for (const frame of encodeFrames(encoded, PROTOCOL_LIMITS.clientFrameBytes)) this.#send(frame)
  }
}

function encode(message: ClientMessage): string {
  if (message.type === 'renew' && message.lagMs === undefined) return RENEW.encode(message.seq)
  return JSON.stringify(message)
}
