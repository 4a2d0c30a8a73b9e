import type { Server, Socket } from 'node:net'

const connections = new WeakSet<Socket>()

/** Remembers of each connection that it came by a Unix socket. To be called before anybody else listens to the server's connections. */
export function rememberUnix(server: Server): void {
  server.on('connection', (socket: Socket) => connections.add(socket))
}

/**
 * Whether a connection came by a Unix socket that this process listens on: from a program of this machine that may open its file. That a connection has no address says
 * nothing of the kind: one by TCP has none either once its client is gone.
 */
export function isUnixConnection(socket: Socket): boolean {
  return connections.has(socket)
}
