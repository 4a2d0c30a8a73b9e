import type { Socket } from 'node:net'
import { errorAnswer } from '../answer-error.ts'
import type { WholeAnswer, WholeRequest } from '../whole-request.ts'
import type { AnswerWriter } from './answer-writer.ts'
import type { DirectParser } from './direct-parser.ts'
import { DirectRequest } from './direct-request.ts'
import type { Outbox, Sender } from './outbox.ts'

/** Answers a request at once or later; undefined if it is not for it. What it throws, or rejects with, is answered as an error. */
export type DirectListener = (request: WholeRequest) => WholeAnswer | Promise<WholeAnswer> | undefined

/** What the DirectConnections of a server share. */
export interface DirectInit {
  readonly listener: DirectListener
  readonly parser: DirectParser
  readonly writer: AnswerWriter
  readonly outbox: Outbox
  /** How long a connection may wait for its next request. */
  readonly keepAliveMs: number
  /** Takes a connection whose next request is not for the listener, or not plain; what was read of that can be read again. */
  readonly onOther: (socket: Socket) => void
}

/**
 * A connection of plain requests, see `DirectParser`, without what `node:http` does for all others: that costs a small request two thirds of its time. It
 * takes the connections of clients that send one request after the other, each in one piece, as programs with small requests do; with the first
 * request that is anything else it gives the connection away, for good.
 */
export class DirectConnection implements Sender {
  readonly #socket: Socket
  readonly #init: DirectInit
  /** The one that is being answered. */
  #request: DirectRequest | undefined
  /** What it is answered with, at the end of this turn. */
  #answer: WholeAnswer | undefined
  /** What came before the one before was answered. */
  #early: Buffer | undefined
  #isLast = false

  constructor(socket: Socket, init: DirectInit) {
    this.#socket = socket
    this.#init = init
    socket.setTimeout(init.keepAliveMs)
    socket.on('timeout', this.#onSilent).on('error', ignore).on('end', this.#onEnd).on('close', this.#onClose)
    socket.on('data', this.#onData)
  }

  /** Whether a request is being answered. */
  get isBusy(): boolean {
    return this.#request !== undefined
  }

  /** Makes the answer that is under way the last one; a request that comes later is for others. */
  leave(): void {
    this.#isLast = true
  }

  readonly #onData = (chunk: Buffer): void => {
    if (!this.#request) return this.#begin(chunk)
    this.#early = this.#early ? Buffer.concat([this.#early, chunk]) : chunk
    this.#socket.pause()
  }

  readonly #onSilent = (): void => {
    if (!this.#request) this.#socket.destroy()
  }

  /** Who says that this was the last request is still told what is known by then. */
  readonly #onEnd = (): void => {
    this.send()
    this.#onClose()
    this.#socket.end()
  }

  readonly #onClose = (): void => {
    const request = this.#request
    this.#request = undefined
    this.#answer = undefined
    request?.gone()
  }

  #begin(chunk: Buffer): void {
    const parsed = this.#isLast ? undefined : this.#init.parser.parse(chunk)
    if (!parsed) return this.#giveAway(chunk)
    const request = new DirectRequest(parsed, this.#socket)
    this.#request = request
    const answer = this.#ask(request)
    if (answer === undefined) this.#giveAway(chunk)
    else if (answer instanceof Promise) this.#sendLater(request, answer)
    else this.#sendSoon(request, answer)
  }

  #ask(request: DirectRequest): ReturnType<DirectListener> {
    try {
      return this.#init.listener(request)
    } catch (error) {
      return errorAnswer(request, error)
    }
  }

  #sendLater(request: DirectRequest, answer: Promise<WholeAnswer>): void {
    answer.then(
      whole => this.#sendSoon(request, whole),
      (error: unknown) => this.#sendSoon(request, errorAnswer(request, error)),
    )
  }

  #sendSoon(request: DirectRequest, answer: WholeAnswer): void {
    // Its client is gone.
    if (this.#request !== request) return
    this.#answer = answer
    this.#init.outbox.add(this)
  }

  /** Sends the answer that is known, if there is one; for the Outbox. */
  send(): void {
    const request = this.#request
    const answer = this.#answer
    if (!request || !answer) return
    this.#request = undefined
    this.#answer = undefined
    this.#write(request, answer)
    if (this.#isLast) this.#socket.end()
    // Who does not read what he asked for is asked nothing more, so that no answers pile up.
    if (!this.#socket.writableNeedDrain) return this.#goOn()
    this.#socket.pause().once('drain', this.#goOn)
  }

  readonly #goOn = (): void => {
    this.#socket.resume()
    const early = this.#early
    if (!early) return
    this.#early = undefined
    this.#begin(early)
  }

  #write(request: DirectRequest, answer: WholeAnswer): void {
    const how = { isLast: this.#isLast }
    try {
      this.#init.writer.write(this.#socket, answer, how)
    } catch (error) {
      this.#init.writer.write(this.#socket, errorAnswer(request, error), how)
    }
  }

  #giveAway(chunk: Buffer): void {
    const socket = this.#socket
    this.#request = undefined
    socket.off('timeout', this.#onSilent).off('error', ignore).off('end', this.#onEnd).off('close', this.#onClose)
    socket.off('data', this.#onData).setTimeout(0)
    socket.unshift(chunk)
    this.#init.onOther(socket)
  }
}

function ignore(): void {}
