import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { answer, input } from './answer.ts'
import { ID, IDS, NUMBER } from './server-contender.ts'

/*
 * A load that says the same thing over and over on many connections, and waits for the whole reply each time. It learns at the
 * start how many bytes a reply has, and from then on counts bytes: so it costs as little as it can, whatever the protocol.
 */

interface Load {
  readonly port: number
  /** What to say; the placeholders of an Exchange are filled in each time. */
  readonly request: string
  /** What the reply must hold. */
  readonly expected: string
  readonly connections: number
}

const QUIET_MS = 100

const { port, request, expected, connections } = input() as Load
let said = 0
const nextRequest = request.includes(ID) || request.includes(NUMBER) ? numbered : () => constant
const constant = Buffer.from(request)
const replyBytes = await lengthOfReply()
const pairs = await Promise.all(Array.from({ length: connections }, openPair))

answer({}, { run })

async function run(durationMs: number): Promise<number> {
  const before = count()
  for (const pair of pairs) pair.start()
  await delay(durationMs)
  await Promise.all(pairs.map(pair => pair.finish()))
  return count() - before
}

function count(): number {
  return pairs.reduce((sum, { replies }) => sum + replies(), 0)
}

/** The next of the requests that differ, all of one length. */
function numbered(): string {
  const number = said++
  return request.replaceAll(ID, digits(number % IDS)).replaceAll(NUMBER, digits(number))
}

function digits(number: number): string {
  return String(number).padStart(ID.length, '0')
}

async function lengthOfReply(): Promise<number> {
  const socket = await open()
  const chunks: Buffer[] = []
  socket.on('data', (chunk: Buffer) => chunks.push(chunk))
  socket.write(nextRequest())
  await once(socket, 'data')
  await delay(QUIET_MS)
  socket.destroy()
  const reply = Buffer.concat(chunks)
  if (!reply.includes(expected)) throw new Error(`The reply does not hold "${expected}": ${reply.toString()}`)
  return reply.length
}

async function openPair() {
  let [replies, received, going, over] = [0, 0, false, Promise.withResolvers<void>()]
  const socket = await open(bytes => {
    received += bytes
    if (received < replyBytes) return
    received -= replyBytes
    replies++
    if (going) socket.write(nextRequest())
    else over.resolve()
  })
  return {
    replies: () => replies,
    start() {
      going = true
      over = Promise.withResolvers()
      socket.write(nextRequest())
    },
    finish() {
      going = false
      return over.promise
    },
  }
}

async function open(onBytes?: (bytes: number) => void): Promise<Socket> {
  const onread = onBytes && { buffer: Buffer.alloc(65_536), callback: (bytes: number) => (onBytes(bytes), true) }
  const socket = connect({ port, host: '127.0.0.1', noDelay: true, ...(onread && { onread }) })
  socket.once('close', () => process.connected && socket.errored && process.exit(1))
  await once(socket, 'connect')
  return socket
}
