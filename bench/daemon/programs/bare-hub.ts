import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { answer } from '../../harness/answer.ts'

/* What comes from any connection is written to all others, and nothing else: no registry can tell many with less. */

const sockets = new Set<Socket>()
const server = createServer({ noDelay: true }, socket => {
  sockets.add(socket)
  socket.on('data', bytes => {
    for (const other of sockets) if (other !== socket) other.write(bytes)
  })
  socket.on('error', () => {})
  socket.on('close', () => sockets.delete(socket))
})
server.listen(0, '127.0.0.1')
await once(server, 'listening')

answer({ port: (server.address() as AddressInfo).port })
