import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { answer } from '../../harness/answer.ts'

/* Plain node:net that echoes. */

const server = createServer({ noDelay: true }, socket => socket.pipe(socket)).listen(0, '127.0.0.1')
await once(server, 'listening')
answer({ port: (server.address() as AddressInfo).port })
