import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { encode, RECURSION_DESIRED } from 'dns-packet'
import { answer, input } from '../../harness/answer.ts'

/* Asks the same question by UDP over and over: as many sockets as it is told, each with one question at a time. */

interface Load {
  readonly port: number
  readonly name: string
  readonly type: 'A' | 'SRV'
  readonly sockets: number
}

const { port, name, type, sockets } = input() as Load
const query = encode({ type: 'query', id: 1, flags: RECURSION_DESIRED, questions: [{ name, type }] })
const askers = await Promise.all(Array.from({ length: sockets }, openAsker))

answer({}, { run })

/** How many answers there were in so many milliseconds. */
async function run(durationMs: number): Promise<number> {
  const before = count()
  for (const asker of askers) asker.start()
  await delay(durationMs)
  await Promise.all(askers.map(asker => asker.finish()))
  return count() - before
}

function count(): number {
  return askers.reduce((sum, asker) => sum + asker.answers(), 0)
}

async function openAsker() {
  let [answers, going, over] = [0, false, Promise.withResolvers<void>()]
  const socket = createSocket('udp4')
  socket.connect(port, '127.0.0.1')
  await once(socket, 'connect')
  const onAnswer = (message: Buffer) => {
    if (message.readUInt16BE(6) === 0) throw new Error('There is no answer in it')
    answers++
    if (going) socket.send(query)
    else over.resolve()
  }
  socket.on('message', onAnswer)
  return {
    answers: () => answers,
    start() {
      going = true
      over = Promise.withResolvers()
      socket.send(query)
    },
    finish() {
      going = false
      return over.promise
    },
  }
}
