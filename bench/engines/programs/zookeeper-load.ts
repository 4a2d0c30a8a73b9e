import { answer, input } from '../../harness/answer.ts'
import { closedLoop, type Done } from '../../daemon/programs/closed-loop.ts'
import { userInstance } from '../../daemon/programs/users.ts'
import { ZookeeperSession } from './zookeeper-session.ts'

/* Sessions with a ZooKeeper that register instances or renew, each with one request in flight. */

const { port, sessions: count } = input() as { port: number; sessions: number }
const sessions = await Promise.all(Array.from({ length: count }, () => ZookeeperSession.open(port)))
const held: string[][] = sessions.map(() => [])
let number = 0

await sessions[0]?.create('/services', '', 'persistent')
await Promise.all(sessions.map((session, index) => session.create(`/services/service-${index}`, '', 'persistent')))
answer({}, { register, renew, clear })

async function register(durationMs: number): Promise<Done> {
  return closedLoop(
    sessions.map((session, index) => () => put(session, index)),
    durationMs,
  )
}

async function renew(durationMs: number): Promise<Done> {
  return closedLoop(
    sessions.map(session => () => session.ping()),
    durationMs,
  )
}

/** Takes out what was registered. */
async function clear(): Promise<void> {
  await Promise.all(
    sessions.map(async (session, index) => {
      for (const path of held[index]?.splice(0) ?? []) await session.remove(path)
    }),
  )
}

async function put(session: ZookeeperSession, index: number): Promise<void> {
  const instance = userInstance(number++, `service-${index}`)
  const path = `/services/${instance.serviceName}/${instance.id}`
  await session.create(path, JSON.stringify(instance), 'session')
  held[index]?.push(path)
}
