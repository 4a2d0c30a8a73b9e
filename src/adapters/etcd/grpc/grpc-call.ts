import type { Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { TimeLimit } from '../../../core/abort.ts'
import { afterLimit } from '../../../core/after-limit.ts'
import type { Clock, Timer } from '../../../core/clock.ts'
import { answerError } from '../answer-error.ts'
import { EtcdNodeError } from '../errors.ts'
import { openSocket } from '../open-socket.ts'
import { FLAG, FRAME, frame, numbers, settings } from './frame.ts'
import { FrameReader } from './frame-reader.ts'
import { decodeHeaders, encodeHeaders } from './hpack.ts'
import { messageFrame, MessageReader } from './message-reader.ts'
import { OutgoingData } from './outgoing-data.ts'

/** Who hears what a call brings. */
export interface GrpcListener {
  /** A message has come: from `start` up to `end` in `bytes`, where it stays only until this returns. */
  onMessage(message: { readonly bytes: Buffer; readonly start: number; readonly end: number }): void
  /** The call is over: nothing follows. */
  onEnd(error: Error): void
  /** The call is over before it began: no gRPC is spoken there, so that nobody has heard anything. In place of `onEnd`. */
  onStranger(): void
}

/** What a GrpcCall is made of. */
export interface GrpcCallOptions {
  /** The node, as its URL's origin. */
  readonly node: string
  /** What is called: `/etcdserverpb.Watch/Watch`. */
  readonly path: string
  /** What goes with it, by names in lower case. */
  readonly metadata: Readonly<Record<string, string>>
  /** Options of `tls.connect`, for a node that speaks it. */
  readonly tls: Readonly<Record<string, string>>
  readonly connectMs: number
  readonly clock: Clock
  readonly listener: GrpcListener
}

/** The only stream of the connection. */
const STREAM = 1

const SETTING = { headerTableBytes: 1, push: 2, window: 4 }

/** What the other side may send without asking: all there may be, for we read whatever comes. */
const WINDOW_BYTES = 2 ** 31 - 1
const WINDOW_BYTES_AT_FIRST = 65_535
/** So much is received before we say that there is room for it again. */
const RECEIVED_BYTES = 2 ** 20

const HEADER_BYTES_MAX = 64 * 1_024

const BEGINNING = Buffer.concat([
  Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
  settings({ [SETTING.headerTableBytes]: 0, [SETTING.push]: 0, [SETTING.window]: WINDOW_BYTES }),
  frame(FRAME.window, {}, numbers(WINDOW_BYTES - WINDOW_BYTES_AT_FIRST)),
])

/**
 * A call of gRPC that goes on both ways, on a connection of HTTP/2 of its own. It is only as much of either as it takes to speak so with etcd: one stream, no
 * compression, no tables of headers.
 */
export class GrpcCall {
  readonly #options: GrpcCallOptions
  readonly #socket: Socket
  readonly #frames = new FrameReader()
  readonly #messages = new MessageReader()
  readonly #outgoing = new OutgoingData(STREAM)
  readonly #timer: Timer
  /** Whether HTTP/2 is spoken there, and then, whether gRPC is. */
  #speaksHttp2 = false
  #speaksGrpc = false
  #isConnected = false
  /** What has come of headers that are not complete. */
  #headers: Buffer = Buffer.alloc(0)
  #isLast = false
  #received = 0
  #ended = false

  constructor(options: GrpcCallOptions) {
    const { node, tls, clock, connectMs } = options
    this.#options = options
    this.#socket = openSocket({
      origin: node,
      tls,
      protocols: ['h2', 'http/1.1'],
      onBytes: bytes => this.#receive(bytes),
      onConnect: () => this.#connect(),
      onClose: error => this.#fail(error),
    })
    this.#timer = afterLimit(clock, connectMs, () => this.#fail(new TimeLimit(connectMs)))
    this.#socket.write(Buffer.concat([BEGINNING, frame(FRAME.headers, HEADERS, encodeHeaders(headersOf(options)))]))
  }

  /** Sends messages. Those of a call that has ended go nowhere. */
  write(messages: readonly Uint8Array[]): void {
    this.#outgoing.add(Buffer.concat(messages.map(messageFrame)))
    this.#send()
  }

  /** Closes the connection and tells the listener why, unless the call has ended. */
  end(error: Error): void {
    if (this.#close()) this.#options.listener.onEnd(error)
  }

  #connect(): void {
    this.#isConnected = true
    const agreed = (this.#socket as Partial<TLSSocket>).alpnProtocol
    if (agreed !== undefined && agreed !== 'h2') this.#fail(new Error('it speaks no HTTP/2'))
  }

  #receive(bytes: Buffer): void {
    if (this.#ended) return
    try {
      this.#frames.add(bytes)
      while (!this.#ended && this.#frames.next()) this.#take(this.#frames)
    } catch (error) {
      this.#fail(error as Error)
    }
  }

  #take(received: FrameReader): void {
    if (!this.#speaksHttp2 && received.type !== FRAME.settings) throw new Error('it speaks no HTTP/2')
    switch (received.type) {
      case FRAME.data:
        return this.#takeData(received)
      case FRAME.headers:
      case FRAME.continuation:
        return this.#takeHeaders(received)
      case FRAME.reset:
      case FRAME.goAway:
        return this.#takeEnd(received)
      case FRAME.settings:
        return this.#takeSettings(received)
      case FRAME.ping:
        return this.#answerPing(received)
      case FRAME.window:
        return this.#takeWindow(received)
      default:
    }
  }

  #takeData({ stream, length, bytes, start, end, flags }: FrameReader): void {
    if (stream !== STREAM) throw new Error(`it sends on stream ${stream}, which nobody has opened`)
    if (!this.#speaksGrpc) throw new Error('it speaks no gRPC')
    const messages = this.#messages
    messages.add(bytes, start, end)
    while (!this.#ended && messages.next()) this.#options.listener.onMessage(messages)
    if ((flags & FLAG.endStream) !== 0) throw new Error('it ended the stream')
    // What only fills takes room, too.
    this.#received += length
    if (this.#received < RECEIVED_BYTES) return
    const room = numbers(this.#received)
    this.#received = 0
    this.#write(Buffer.concat([frame(FRAME.window, {}, room), frame(FRAME.window, { stream: STREAM }, room)]))
  }

  #takeHeaders({ type, stream, bytes, start, end, flags }: FrameReader): void {
    if (stream !== STREAM) throw new Error(`it sends on stream ${stream}, which nobody has opened`)
    if (type === FRAME.headers) this.#isLast = (flags & FLAG.endStream) !== 0
    this.#headers = Buffer.concat([this.#headers, bytes.subarray(start, end)])
    if (this.#headers.length > HEADER_BYTES_MAX)
      throw new RangeError(`its headers are longer than ${HEADER_BYTES_MAX} bytes`)
    if ((flags & FLAG.endHeaders) === 0) return
    const headers = decodeHeaders(this.#headers)
    this.#headers = Buffer.alloc(0)
    if (!this.#speaksGrpc) this.#judge(headers)
    if (this.#isLast) this.#finish(headers)
  }

  #judge(headers: ReadonlyMap<string, string>): void {
    const [status, content = ''] = [headers.get(':status'), headers.get('content-type')]
    if (status !== '200' || !content.startsWith('application/grpc')) throw new Error('it speaks no gRPC')
    this.#speaksGrpc = true
  }

  /** What comes at the end of a call says how it went. */
  #finish(headers: ReadonlyMap<string, string>): void {
    const code = Number(headers.get('grpc-status') ?? 0)
    if (code === 0) throw new Error('it ended the stream')
    const message = textIn(headers.get('grpc-message') ?? '')
    this.end(answerError(this.#options.node, { code, message }))
  }

  #takeEnd({ type, bytes, start, end }: FrameReader): void {
    const code = bytes.readUInt32BE(type === FRAME.reset ? start : start + 4)
    const said = type === FRAME.reset ? '' : bytes.toString('latin1', start + 8, end)
    throw new Error(`it ended the ${type === FRAME.reset ? 'stream' : 'connection'} (code ${code}) ${said}`.trimEnd())
  }

  #takeSettings({ bytes, start, end, flags }: FrameReader): void {
    if (!this.#speaksHttp2) this.#timer.cancel()
    this.#speaksHttp2 = true
    if ((flags & FLAG.acknowledges) !== 0) return
    for (let at = start; at + 6 <= end; at += 6) {
      if (bytes.readUInt16BE(at) !== SETTING.window) continue
      const window = bytes.readUInt32BE(at + 2)
      if (window > WINDOW_BYTES) throw new RangeError(`its window of ${window} bytes is larger than ${WINDOW_BYTES}`)
      this.#outgoing.resize(window)
    }
    this.#write(frame(FRAME.settings, { flags: FLAG.acknowledges }))
    this.#send()
  }

  #takeWindow({ stream, length, bytes, start }: FrameReader): void {
    if (length !== 4) throw new RangeError(`it widens a window by a number of ${length} bytes`)
    this.#outgoing.widen(stream, bytes.readUInt32BE(start) & WINDOW_BYTES)
    this.#send()
  }

  #answerPing({ bytes, start, end, flags }: FrameReader): void {
    if ((flags & FLAG.acknowledges) !== 0) return
    this.#write(frame(FRAME.ping, { flags: FLAG.acknowledges }, bytes.subarray(start, end)))
  }

  #send(): void {
    const bytes = this.#outgoing.take()
    if (bytes.length > 0) this.#write(bytes)
  }

  #write(bytes: Buffer): void {
    if (!this.#ended) this.#socket.write(bytes)
  }

  #fail(cause: Error): void {
    const { node, listener } = this.#options
    const isStranger = this.#isConnected && !this.#speaksGrpc && !(cause instanceof TimeLimit)
    if (!isStranger) this.end(new EtcdNodeError(node, cause.message, { cause }))
    else if (this.#close()) listener.onStranger()
  }

  /** Whether it was open. */
  #close(): boolean {
    if (this.#ended) return false
    this.#ended = true
    this.#timer.cancel()
    this.#socket.destroy()
    return true
  }
}

const HEADERS = { flags: FLAG.endHeaders, stream: STREAM }

function headersOf({ node, path, metadata }: GrpcCallOptions): Array<readonly [string, string]> {
  const { protocol, host } = new URL(node)
  return [
    [':method', 'POST'],
    [':scheme', protocol.slice(0, -1)],
    [':path', path],
    [':authority', host],
    ['content-type', 'application/grpc'],
    ['te', 'trailers'],
    ...Object.entries(metadata),
  ]
}

/** A text as gRPC sends it: percent-encoded, or not quite. */
function textIn(message: string): string {
  try {
    return decodeURIComponent(message)
  } catch {
    return message
  }
}
