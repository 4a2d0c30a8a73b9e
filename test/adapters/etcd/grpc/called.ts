import { once } from 'node:events'
import type { Http2Server } from 'node:http2'
import type { AddressInfo, Server } from 'node:net'
import { GrpcCall } from '../../../../src/adapters/etcd/grpc/grpc-call.ts'
import { systemClock } from '../../../../src/core/clock.ts'

/** What an answer of gRPC begins with. */
export const GRPC = { ':status': 200, 'content-type': 'application/grpc' }
/** A port that nobody listens on. */
export const NOBODY = 1

/** The port a server listens on until the test is over. */
export async function listening(stack: AsyncDisposableStack, server: Server | Http2Server): Promise<number> {
  const open = new Set<{ destroy(): void }>()
  server.on('connection', socket => void open.add(socket))
  stack.defer(() => {
    server.close()
    for (const socket of open) socket.destroy()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

interface Given {
  readonly scheme?: string
  readonly tls?: Readonly<Record<string, string>>
  readonly connectMs?: number
}

/** A call with what is heard of it. */
export function called(
  stack: AsyncDisposableStack,
  port: number,
  { scheme = 'http', tls = {}, connectMs = 60_000 }: Given = {},
) {
  const heard = { messages: [] as string[], ends: [] as Error[], strangers: 0 }
  const call = new GrpcCall({
    node: `${scheme}://127.0.0.1:${port}`,
    path: '/a.B/C',
    metadata: { hasleader: 'true', authorization: 'x'.repeat(300) },
    tls,
    connectMs,
    clock: systemClock,
    listener: {
      onMessage: ({ bytes, start, end }) => heard.messages.push(bytes.toString('utf8', start, end)),
      onEnd: error => heard.ends.push(error),
      onStranger: () => heard.strangers++,
    },
  })
  stack.defer(() => call.end(new Error('the test is over')))
  return { call, heard, say: (...texts: string[]) => call.write(texts.map(text => Buffer.from(text))) }
}
