import type { Clock } from '../../core/clock.ts'
import { gatewayWatches } from './gateway-watches.ts'
import { GrpcCall } from './grpc/grpc-call.ts'
import { decodeAnswer, encodeQuestion } from './grpc/watch-messages.ts'
import type { WatchQuestion } from './messages.ts'
import type { OutgoingWatches } from './outgoing-watches.ts'
import type { OutgoingStream, StreamListener } from './two-way-stream.ts'
import type { WatchAnswerListener } from './watch-answer.ts'

/** What watches of one node are made of. */
export interface NodeWatchesOptions {
  /** The node, as its URL's origin. */
  readonly node: string
  /** What goes with the call. */
  readonly metadata: Readonly<Record<string, string>>
  readonly tls: Readonly<Record<string, string>>
  readonly connectMs: number
  readonly clock: Clock
  /** Opens a stream of the gateway there. */
  readonly openGateway: (path: string, listener: StreamListener) => OutgoingStream
  readonly listener: WatchAnswerListener
}

/**
 * Watches of one node by gRPC, which brings several changes with one reading; where something stands between that does not let that through, by the gateway, to which all
 * that was asked is said again.
 */
export class NodeWatches implements OutgoingWatches {
  readonly #options: NodeWatchesOptions
  readonly #call: GrpcCall
  #gateway: OutgoingWatches | undefined
  /** What was asked before the first answer. */
  #asked: WatchQuestion[] | undefined = []

  constructor(options: NodeWatchesOptions) {
    const { openGateway: _, listener, ...rest } = options
    this.#options = options
    this.#call = new GrpcCall({
      ...rest,
      path: '/etcdserverpb.Watch/Watch',
      listener: {
        onMessage: message => {
          this.#asked = undefined
          listener.onAnswer(decodeAnswer(message))
        },
        onEnd: error => listener.onEnd(error),
        onStranger: () => this.#begin(),
      },
    })
  }

  send(questions: readonly WatchQuestion[]): void {
    if (this.#gateway) return this.#gateway.send(questions)
    this.#asked?.push(...questions)
    this.#call.write(questions.map(encodeQuestion))
  }

  end(error: Error): void {
    ;(this.#gateway ?? this.#call).end(error)
  }

  /** By the gateway. */
  #begin(): void {
    const { node, openGateway, listener } = this.#options
    this.#gateway = gatewayWatches(node, openGateway, listener)
    this.#gateway.send(this.#asked ?? [])
  }
}
