import { once } from 'node:events'
import { connect } from 'node:net'
import { answer, input } from '../../harness/answer.ts'
import { closedLoop, type Done } from './closed-loop.ts'

/* Connections that say as many bytes as a renewal or a registration has, one at a time, and look at nothing that comes back: no client can do with less. */

const RENEWAL = Buffer.alloc(39, 'x')
const REGISTRATION = Buffer.alloc(350, 'x')

const { port, sessions } = input() as { port: number; sessions: number }
const place = Buffer.alloc(64 * 1024)
const askers = await Promise.all(Array.from({ length: sessions }, openAsker))

answer({}, { register: say(REGISTRATION), renew: say(RENEWAL), clear() {} })

function say(question: Buffer): (durationMs: number) => Promise<Done> {
  const loops = askers.map(ask => () => ask(question))
  return durationMs => closedLoop(loops, durationMs)
}

async function openAsker(): Promise<(question: Buffer) => Promise<void>> {
  let answered: (() => void) | undefined
  const callback = () => (answered?.(), true)
  const socket = connect({ port, host: '127.0.0.1', noDelay: true, onread: { buffer: place, callback } })
  await once(socket, 'connect')
  return question =>
    new Promise<void>(resolve => {
      answered = resolve
      socket.write(question)
    })
}
