import { systemClock, type Clock } from '../../core/clock.ts'
import { systemRandom, type Random } from '../../core/random.ts'
import { abortable, type Abortable } from '../../core/abort.ts'
import { RopewalkError } from '../../core/error.ts'
import { RegistryUnavailableError } from '../../discovery/errors.ts'
import { answerError } from './answer-error.ts'
import { EtcdNodeError, EtcdTokenError } from './errors.ts'
import type { HttpAnswer } from './exchange.ts'
import { KeepAlives } from './keep-alives.ts'
import type {
  ErrorAnswer,
  LeaseAnswer,
  RangeAnswer,
  RangeRequest,
  RevokeAnswer,
  TxnAnswer,
  TxnRequest,
} from './messages.ts'
import { EtcdNode, type EtcdTls } from './node.ts'
import { Nodes } from './nodes.ts'
import { Token, type EtcdUser } from './token.ts'
import type { OutgoingStream, StreamListener } from './two-way-stream.ts'
import type { OutgoingWatches } from './outgoing-watches.ts'
import type { WatchAnswerListener } from './watch-answer.ts'
import type { WatchListener, WatchRequest } from './watch-listener.ts'
import { Watches } from './watches.ts'

/** Which etcd, and how to deal with it. */
export interface EtcdClientOptions {
  /** The origins of the nodes: `http://10.0.0.1:2379`; at least one. */
  readonly origins: readonly string[]
  readonly user?: EtcdUser | undefined
  readonly tls?: EtcdTls | undefined
  readonly clock?: Clock | undefined
  readonly random?: Random | undefined
  /** The longest wait for a connection, in milliseconds. Default 2,000. */
  readonly connectMs?: number
  /** The longest wait for the answer of one node, in milliseconds; then the next one is asked. Default 2,000. */
  readonly answerMs?: number
  /** How often a stream of watches is asked for a sign of life, in milliseconds; without one until the next time it is given up. Default 3,000. */
  readonly progressMs?: number
}

/**
 * Speaks to etcd 3.4 or later by the JSON gateway it has on its client port, and for watches by gRPC. Usable once constructed: it connects with the first use.
 *
 * A node that cannot be reached, has no leader or takes too long is left for the next one, and the request is made again there, so a request
 * may be carried out twice. When no node answers it rejects with `RegistryUnavailableError`; with an error of this adapter when etcd has
 * refused. Requests take a few connections, watches share one more, renewals of leases another one.
 */
export class EtcdClient {
  /** The nodes, as they are told apart in errors and events. */
  readonly url: string
  readonly #nodes: Nodes
  readonly #token: Token
  readonly #answerMs: number
  readonly #keepAlives: KeepAlives
  readonly #watches: Watches

  constructor(options: EtcdClientOptions) {
    const { origins, user, tls = {}, clock = systemClock, random = systemRandom } = options
    const { connectMs = 2_000, answerMs = 2_000, progressMs = 3_000 } = options
    this.url = `etcd://${origins.map(origin => origin.replace(/^\w+:\/\//, '')).join(',')}`
    const nodes = origins.map(origin => new EtcdNode({ origin, tls, clock, connectMs }))
    this.#nodes = new Nodes(nodes, random)
    this.#answerMs = answerMs
    this.#token = new Token(user, (body, signal) =>
      this.#ask('/v3/auth/authenticate', { body, signal, headers: HEADERS }),
    )
    const open = (path: string, listener: StreamListener) => this.#open(path, listener)
    this.#keepAlives = new KeepAlives({ etcd: this.url, open, clock, answerMs })
    const openWatches = (listener: WatchAnswerListener) => this.#openWatches(listener)
    this.#watches = new Watches({
      etcd: this.url,
      open: openWatches,
      forgetToken: () => this.#token.forget(),
      clock,
      progressMs,
    })
  }

  async range(request: RangeRequest, options?: Abortable): Promise<RangeAnswer> {
    return this.call('/v3/kv/range', request, options)
  }

  async txn(request: TxnRequest, options?: Abortable): Promise<TxnAnswer> {
    return this.call('/v3/kv/txn', request, options)
  }

  /** Resolves with the id of a new lease that lapses when it is not renewed for so many whole seconds, or for the least etcd grants (2). */
  async grant(ttlSeconds: number, options?: Abortable): Promise<string> {
    const { ID } = await this.call<LeaseAnswer>('/v3/lease/grant', { TTL: ttlSeconds }, options)
    return ID
  }

  /** Ends a lease and deletes its keys. Resolves with the revision at which they are gone; rejects with `EtcdLeaseNotFoundError` when there is none. */
  async revoke(lease: string, options?: Abortable): Promise<number> {
    const { header } = await this.call<RevokeAnswer>('/v3/lease/revoke', { ID: lease }, options)
    return Number(header.revision)
  }

  /** Renews a lease; those that are asked for in one turn share a message. Rejects with `EtcdLeaseNotFoundError` when there is none. */
  async keepAlive(lease: string, { signal }: Abortable = {}): Promise<void> {
    for (let left = this.#nodes.count; ; left--) {
      try {
        return await abortable(this.#keepAlives.renew(lease), signal)
      } catch (error) {
        signal?.throwIfAborted()
        if (!isFailureOfNode(error)) throw error
        if (left <= 0) throw this.#unavailable(error)
      }
    }
  }

  /** Tells `listener` of every change from a revision on. It ends by the returned function, or when the listener is told of an error. */
  watch(request: WatchRequest, listener: WatchListener): () => void {
    return this.#watches.add(request, listener)
  }

  /** Makes any request of the gateway. */
  async call<T>(path: string, message: object, { signal }: Abortable = {}): Promise<T> {
    const body = JSON.stringify(message)
    try {
      return await this.#ask(path, { body, signal, headers: await this.#headers(signal) })
    } catch (error) {
      if (!(error instanceof EtcdTokenError && this.#token.wanted)) throw error
      this.#token.forget()
      return this.#ask(path, { body, signal, headers: await this.#headers(signal) })
    }
  }

  /** Breaks everything off. */
  close(): void {
    const error = new EtcdNodeError(this.url, 'this client was closed')
    this.#keepAlives.close(error)
    this.#watches.close(error)
    this.#nodes.close(error)
  }

  async #ask<T>(path: string, { body, signal, headers }: Asked): Promise<T> {
    signal?.throwIfAborted()
    const limitMs = this.#answerMs
    for (let left = this.#nodes.count; ; left--) {
      const node = this.#nodes.current
      try {
        return answerOf(node.origin, await node.request({ path, headers, body, limitMs, signal })) as T
      } catch (error) {
        signal?.throwIfAborted()
        if (!isFailureOfNode(error)) throw error
        this.#nodes.leave(node)
        if (left <= 0) throw this.#unavailable(error)
      }
    }
  }

  async #open(path: string, listener: StreamListener): Promise<OutgoingStream> {
    const headers = await this.#headers(undefined)
    const node = this.#nodes.current
    return node.open(path, headers, {
      onText: lines => listener.onText(lines),
      onEnd: error => {
        if (error instanceof EtcdNodeError) this.#nodes.leave(node)
        listener.onEnd(error)
      },
    })
  }

  async #openWatches(listener: WatchAnswerListener): Promise<OutgoingWatches> {
    const headers = await this.#headers(undefined)
    const node = this.#nodes.current
    return node.openWatches(headers, {
      onAnswer: answer => listener.onAnswer(answer),
      onEnd: error => {
        if (error instanceof EtcdNodeError) this.#nodes.leave(node)
        listener.onEnd(error)
      },
    })
  }

  async #headers(signal: AbortSignal | undefined): Promise<Readonly<Record<string, string>>> {
    if (!this.#token.wanted) return HEADERS
    const token = await this.#token.get(signal)
    return token === '' ? HEADERS : { ...HEADERS, authorization: token }
  }

  #unavailable(cause: unknown): RegistryUnavailableError {
    return new RegistryUnavailableError(this.url, { cause })
  }
}

interface Asked {
  readonly body: string
  readonly headers: Readonly<Record<string, string>>
  readonly signal: AbortSignal | undefined
}

/** A node without a leader refuses, rather than to keep us waiting. */
const HEADERS = { 'content-type': 'application/json', 'grpc-metadata-hasleader': 'true' }

/** Whether another node, or the same in a moment, may well answer: it was the network, or the node says so. */
function isFailureOfNode(error: unknown): boolean {
  return error instanceof EtcdNodeError || !(error instanceof RopewalkError)
}

function answerOf(node: string, { status, text }: HttpAnswer): unknown {
  const answer = objectIn(text)
  if (status === 200 && answer) return answer
  throw errorOf(node, { status, text: Buffer.from(text, 'latin1').toString() })
}

function errorOf(node: string, { status, text }: HttpAnswer): Error {
  const answer: ErrorAnswer | undefined = objectIn(text)
  if (answer && ('code' in answer || 'message' in answer)) return answerError(node, answer)
  const problem = `HTTP status ${status}: ${text.trim().slice(0, 200)}. That is no answer of etcd's gateway: check that the URL leads to its client port`
  return status >= 500 || status === 200 ? new EtcdNodeError(node, problem) : answerError(node, { message: problem })
}

/** The object that a JSON text stands for, if it does for one. */
function objectIn(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : undefined
  } catch {
    return undefined
  }
}
