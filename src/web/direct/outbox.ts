/** Somebody who has something to send. */
export interface Sender {
  /** Sends it. Must not throw. */
  send(): void
}

/**
 * Sends at the end of this turn of the event loop all that was to be sent in it, in the order in which it was given. Who reads it in another process
 * is then woken once for everything and not once for each, and asks again for everything at once: see decision 0106. What one alone has to send goes
 * out as soon as otherwise.
 */
export class Outbox {
  #senders: Sender[] = []
  readonly #sendAll = () => this.#send()

  /** Has `sender` send at the end of this turn. Once for each time it is given. */
  add(sender: Sender): void {
    if (this.#senders.push(sender) === 1) setImmediate(this.#sendAll)
  }

  #send(): void {
    const senders = this.#senders
    this.#senders = []
    for (const sender of senders) sender.send()
  }
}
