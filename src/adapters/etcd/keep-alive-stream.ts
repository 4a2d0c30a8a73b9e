import type { Clock, Timer } from '../../core/clock.ts'
import { answerError } from './answer-error.ts'
import { EtcdNodeError } from './errors.ts'
import type { LeaseAnswer, StreamAnswer } from './messages.ts'
import { messagesIn, type OpenStream, type OutgoingStream } from './two-way-stream.ts'

/** What a KeepAliveStream is made of. */
export interface KeepAliveStreamOptions {
  readonly etcd: string
  readonly open: OpenStream
  readonly clock: Clock
  readonly answerMs: number
}

/** One stream of renewals, which etcd answers in their order. Ends when an answer is overdue: then nobody waits in vain. */
export class KeepAliveStream {
  readonly #options: KeepAliveStreamOptions
  #stream: OutgoingStream | undefined
  /** Who waits for an answer, the first from `#answered` on. */
  #waiting: Array<PromiseWithResolvers<number>> = []
  #answered = 0
  /** What is to be sent. */
  #outgoing = ''
  #sending = false
  #overdue: Timer | undefined
  #ended: Error | undefined

  constructor(options: KeepAliveStreamOptions) {
    this.#options = options
    const listener = { onText: (lines: string) => this.#receive(lines), onEnd: (error: Error) => this.end(error) }
    options.open('/v3/lease/keepalive', listener).then(
      stream => this.#begin(stream),
      (error: unknown) => this.end(error as Error),
    )
  }

  get isOpen(): boolean {
    return this.#ended === undefined
  }

  /** Resolves with the seconds that the lease has now: 0 if there is none. */
  async renew(lease: string): Promise<number> {
    if (this.#ended) throw this.#ended
    const waiting = Promise.withResolvers<number>()
    this.#waiting.push(waiting)
    this.#outgoing += `{"ID":"${lease}"}\n`
    this.#sendSoon()
    this.#overdue ??= this.#options.clock.schedule(this.#options.answerMs, () => this.#giveUp())
    return waiting.promise
  }

  end(error: Error): void {
    if (this.#ended) return
    this.#ended = error
    this.#overdue?.cancel()
    this.#stream?.end(error)
    for (const { reject } of this.#waiting.slice(this.#answered)) reject(error)
    this.#waiting = []
  }

  #begin(stream: OutgoingStream): void {
    if (this.#ended) return stream.end(this.#ended)
    this.#stream = stream
    this.#sendSoon()
  }

  /** After what else is asked for in this turn. */
  #sendSoon(): void {
    if (this.#sending || !this.#stream) return
    this.#sending = true
    queueMicrotask(() => {
      this.#sending = false
      this.#stream?.write(this.#outgoing)
      this.#outgoing = ''
    })
  }

  #receive(lines: string): void {
    for (const message of messagesIn<StreamAnswer<LeaseAnswer>>(lines)) {
      if ('error' in message) return this.end(answerError(this.#options.etcd, message.error))
      this.#waiting[this.#answered++]?.resolve(Number(message.result.TTL ?? 0))
    }
    this.#overdue?.cancel()
    this.#overdue = undefined
    if (this.#answered < this.#waiting.length) {
      this.#overdue = this.#options.clock.schedule(this.#options.answerMs, () => this.#giveUp())
    } else {
      this.#waiting = []
      this.#answered = 0
    }
  }

  #giveUp(): void {
    this.end(new EtcdNodeError(this.#options.etcd, `no answer to a renewal within ${this.#options.answerMs} ms`))
  }
}
