import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { answer } from '../../harness/answer.ts'

/* Three HTTP back ends that cost next to nothing: sockets that answer every request with the same bytes. */

const BODY = JSON.stringify({ id: 42, name: 'Ada' })
const RESPONSE = Buffer.from(
  `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${BODY.length}\r\n\r\n${BODY}`,
)

answer({ ports: await Promise.all([listen(), listen(), listen()]) })

async function listen(): Promise<number> {
  const server = createServer({ noDelay: true }, serve).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

function serve(socket: Socket): void {
  socket.on('data', chunk => {
    if (!chunk.toString('latin1').endsWith('\r\n\r\n')) throw new Error('A request came in pieces')
    socket.write(RESPONSE)
  })
  socket.on('error', () => socket.destroy())
}
