import type { WebSocket } from 'ws'
import { abortable, type Abortable } from '../../core/abort.ts'
import { PROTOCOL_LIMITS } from '../../protocol/protocol.ts'

/** What happens on a Connection. */
export interface ConnectionListener {
  /** A whole frame has come. */
  onFrame(frame: string): void
  /** The other end has pinged, or answered a ping. */
  onAlive(): void
  /** The connection is over, by whichever end; called once, and nothing after it. */
  onClose(end: ConnectionEnd): void
}

/** How a Connection ended. */
export interface ConnectionEnd {
  /** A close code of WebSocket; 1006 when there was no goodbye. */
  readonly code: number
  /** What the other end said with it, or what broke. */
  readonly reason: string
}

/** One connection that carries frames of text in both directions: all that the session client needs to know of WebSocket. */
export interface Connection {
  /** Hands a frame to the network, in order. Lost when the connection is over. */
  send(frame: string): void
  ping(): void
  /** Ends the connection now, without goodbye; `onClose` follows. */
  destroy(): void
}

/** Opens a Connection. Rejects when that fails, and with the signal's reason when it aborts. */
export type Dial = (listener: ConnectionListener, options?: Abortable) => Promise<Connection>

/** Dials `url` by WebSocket, uncompressed. The package `ws` is loaded with the first connection. */
export function dialWebSocket(url: string): Dial {
  return async (listener, { signal } = {}) => {
    const ws = await import('ws')
    signal?.throwIfAborted()
    const options = { perMessageDeflate: false, maxPayload: PROTOCOL_LIMITS.serverFrameBytes }
    return connectionOver(new ws.WebSocket(url, options), listener, signal)
  }
}

async function connectionOver(
  socket: WebSocket,
  listener: ConnectionListener,
  signal: AbortSignal | undefined,
): Promise<Connection> {
  const opened = Promise.withResolvers<void>()
  const closed = Promise.withResolvers<ConnectionEnd>()
  let failure = ''
  socket.on('open', () => opened.resolve())
  socket.on('message', (data: Buffer) => listener.onFrame(data.toString()))
  socket.on('ping', () => listener.onAlive())
  socket.on('pong', () => listener.onAlive())
  socket.on('close', (code, reason) => closed.resolve({ code, reason: failure || reason.toString() }))
  socket.on('error', error => {
    failure ||= error.message
    opened.reject(error)
  })
  try {
    await abortable(opened.promise, signal)
  } catch (error) {
    socket.terminate()
    throw error
  }
  void closed.promise.then(end => listener.onClose(end))
  return {
    // From a Buffer `ws` makes one piece of head and payload, of a string two, which cost a slower write.
    send: frame => socket.send(Buffer.from(frame), { binary: false }, ignoreOutcome),
    ping: () => socket.ping(undefined, undefined, ignoreOutcome),
    destroy: () => socket.terminate(),
  }
}

/** A write that failed shows as the end of the connection. */
function ignoreOutcome(): void {}
