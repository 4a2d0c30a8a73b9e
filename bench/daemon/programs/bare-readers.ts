import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { answer, input } from '../../harness/answer.ts'
import { lastSeenMs } from './last-seen.ts'

/* Many connections that read what comes into one place and look at none of it: no watchers can see a change with less. */

/** As many bytes as the daemon tells of a change. */
const CHANGE = Buffer.alloc(192, 'x')

const { port, watchers } = input() as { port: number; watchers: number }
const place = Buffer.alloc(64 * 1024)
const writer = await open(() => true)
const { change, seen } = lastSeenMs(watchers, async () => void writer.write(CHANGE))
for (let watcher = 0; watcher < watchers; watcher++) await open(() => (seen(watcher), true))

answer({}, { change })

async function open(callback: () => boolean): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true, onread: { buffer: place, callback } })
  await once(socket, 'connect')
  return socket
}
