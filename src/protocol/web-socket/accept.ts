import type { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import { acceptOf, isKey, WEB_SOCKET_VERSION } from './handshake.ts'
import { WebSocket, type WebSocketInit } from './web-socket.ts'

/** An upgrade request as an HTTP server hands it over. */
export interface Upgrade extends Omit<WebSocketInit, 'role'> {
  readonly request: IncomingMessage
  /** What has come behind the head of the request already. */
  readonly head: Buffer
}

/** Why a request cannot become a WebSocket, as an HTTP status and the headers that go with it; undefined when it can. */
export function upgradeProblem({ method, headers }: IncomingMessage): string | undefined {
  const isUpgrade = method === 'GET' && headers.upgrade?.toLowerCase() === 'websocket'
  // Of what has a body, those on the way and we might not agree where it ends and the frames begin.
  const hasBody = headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0'
  if (!isUpgrade || hasBody || !isKey(headers['sec-websocket-key'])) return '400 Bad Request'
  if (headers['sec-websocket-version'] === WEB_SOCKET_VERSION) return undefined
  return `426 Upgrade Required\r\nSec-WebSocket-Version: ${WEB_SOCKET_VERSION}`
}

/** Answers an upgrade request that has no `upgradeProblem`. Nothing is received before the next turn. */
export function acceptWebSocket({ request, head, ...init }: Upgrade): WebSocket {
  const { socket } = init
  const webSocket = new WebSocket({ ...init, role: 'server' })
  const accept = acceptOf(request.headers['sec-websocket-key'] ?? '')
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
  )
  // What an HTTP server wants of its sockets is not for this one.
  if (socket instanceof Socket) socket.setTimeout(0).setNoDelay()
  if (head.length > 0) socket.unshift(head)
  socket.on('data', (chunk: Buffer) => webSocket.receive(chunk))
  return webSocket
}
