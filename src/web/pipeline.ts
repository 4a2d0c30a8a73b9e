import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { publish } from '../core/event.ts'

/** How many requests of one connection may wait for the answer to the one before them. */
export const PIPELINED_MAX = 100

/**
 * Bounds what one connection has begun. HTTP/1.1 lets a client send the next requests before the first is answered, and `node:http` has each of them
 * served as soon as it is read: by one connection somebody could begin as many requests that wait, such as blocking queries, as a server takes of all.
 */
export class Pipeline {
  readonly #waiting = new WeakMap<Socket, number>()

  /** Whether a request is to be served. With one too many its connection is cut, and the event `connection.flooded` tells so; those that wait there are gone then. */
  admits({ socket }: IncomingMessage, response: ServerResponse): boolean {
    if (socket.destroyed) return false
    // Its answer has the connection, so nothing is before it.
    if (response.socket !== null) return true
    const waiting = (this.#waiting.get(socket) ?? 0) + 1
    if (waiting > PIPELINED_MAX) return cut(socket)
    this.#waiting.set(socket, waiting)
    response.once('socket', () => this.#waiting.set(socket, (this.#waiting.get(socket) ?? 1) - 1))
    return true
  }
}

function cut(socket: Socket): false {
  const message = `${socket.remoteAddress} sent more than ${PIPELINED_MAX} requests without waiting for an answer, and its connection is closed`
  publish('web', { level: 'warn', event: 'connection.flooded', message })
  socket.destroy()
  return false
}
