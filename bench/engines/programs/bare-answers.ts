import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { answer, input } from '../../harness/answer.ts'

/*
 * Answers reads with as many bytes as it is told, at once or, where they say an index, with the next write, and knows nothing else: no registry can answer
 * blocking queries with less.
 */

const WRITTEN = 'HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ntrue'

const { bytes } = input() as { bytes: number }
let index = 1
let whole = answerAt(index)
let waiting: Socket[] = []

const server = createServer({ noDelay: true }, socket => {
  socket.on('data', chunk => hear(socket, chunk.toString('latin1')))
  socket.on('error', () => {})
})
server.listen(0, '127.0.0.1')
await once(server, 'listening')

answer({ port: (server.address() as AddressInfo).port }, { residentBytesMax })

/** What begins otherwise is the body of a write that comes by itself. */
function hear(socket: Socket, text: string): void {
  if (text.startsWith('PUT ')) change(socket)
  else if (text.startsWith('GET ') && text.includes('?index=0&')) socket.write(whole)
  else if (text.startsWith('GET ')) waiting.push(socket)
}

function change(writer: Socket): void {
  writer.write(WRITTEN)
  if (waiting.length === 0) return
  const told = waiting
  waiting = []
  whole = answerAt(++index)
  for (const socket of told) socket.write(whole)
}

function answerAt(at: number): Buffer {
  const head = `HTTP/1.1 200 OK\r\nX-Consul-Index: ${at}\r\nContent-Length: ${bytes}\r\n\r\n`
  return Buffer.from(head + 'x'.repeat(bytes))
}

function residentBytesMax(): number {
  return process.resourceUsage().maxRSS * 1024
}
