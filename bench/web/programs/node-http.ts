import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { answer } from '../../harness/answer.ts'

/* Plain node:http that says hello. */

const server = createServer((_request, response) => {
  response.setHeader('content-type', 'text/plain')
  response.end('hello')
}).listen(0, '127.0.0.1')
await once(server, 'listening')
answer({ port: (server.address() as AddressInfo).port })
