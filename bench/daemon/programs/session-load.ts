import { toWireInstance } from '../../../src/protocol/wire-instance.ts'
import { answer, input } from '../../harness/answer.ts'
import { closedLoop, type Done } from './closed-loop.ts'
import { RawSession } from './raw-session.ts'
import { userInstance } from './users.ts'

/* Sessions with a daemon that register instances or renew, each with one request in flight. */

const TTL_MS = 600_000

const { port, sessions: count } = input() as { port: number; sessions: number }
const sessions = await Promise.all(Array.from({ length: count }, (_, index) => RawSession.open(port, `bench-${index}`)))
const held: string[][] = sessions.map(() => [])
let seq = 0

await Promise.all(sessions.map(put))
answer({}, { register, renew, clear })

/** Each registration is answered when it is on disk. */
async function register(durationMs: number): Promise<Done> {
  return closedLoop(
    sessions.map((session, index) => () => put(session, index)),
    durationMs,
  )
}

/** Each renewal is a message of its own, though one would do for all of a session. */
async function renew(durationMs: number): Promise<Done> {
  return closedLoop(
    sessions.map(session => () => succeed(session.ask({ type: 'renew', seq: ++seq }))),
    durationMs,
  )
}

/** Takes out what was registered, but for what was there at the beginning. */
async function clear(): Promise<void> {
  await Promise.all(sessions.map(revokeAll))
}

async function put(session: RawSession, index: number): Promise<void> {
  const instance = userInstance(++seq, serviceOf(index))
  held[index]?.push(instance.id)
  const message = {
    type: 'register',
    seq,
    service: instance.serviceName,
    instance: toWireInstance(instance),
    ttlMs: TTL_MS,
  } as const
  await succeed(session.ask(message))
}

/** One after the other: a session of this client has one request in flight. */
async function revokeAll(session: RawSession, index: number): Promise<void> {
  for (const id of held[index]?.splice(1) ?? []) {
    await succeed(session.ask({ type: 'revoke', seq: ++seq, service: serviceOf(index), id }))
  }
}

/** Each session registers copies of a service of its own. */
function serviceOf(index: number): string {
  return `service-${index}`
}

async function succeed(reply: Promise<Buffer>): Promise<void> {
  const bytes = await reply
  if (!bytes.includes('"ok"')) throw new Error(`The daemon answered ${bytes.toString()}`)
}
