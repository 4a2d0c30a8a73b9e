import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { answer } from '../../harness/answer.ts'

/* Whatever comes is answered with as many bytes as a renewal is, and not looked at: no registry can renew with less. */

const ANSWER = Buffer.alloc(30, 'y')

const server = createServer({ noDelay: true }, socket => {
  socket.on('data', () => socket.write(ANSWER))
  socket.on('error', () => {})
})
server.listen(0, '127.0.0.1')
await once(server, 'listening')

answer({ port: (server.address() as AddressInfo).port })
