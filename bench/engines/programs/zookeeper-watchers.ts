import { dialSocket } from '../../../src/adapters/zookeeper/connection.ts'
import { Link } from '../../../src/adapters/zookeeper/link.ts'
import { create, getData, OPEN_ACL, setData } from '../../../src/adapters/zookeeper/operations.ts'
import { Session } from '../../../src/adapters/zookeeper/session.ts'
import { systemClock } from '../../../src/core/clock.ts'
import { lastSeenMs } from '../../daemon/programs/last-seen.ts'
import { userInstance } from '../../daemon/programs/users.ts'
import { answer, input } from '../../harness/answer.ts'

/*
 * Many watchers of a service with 100 instances in a ZooKeeper, each with a session of its own as each would be a process of its own. They do the least that
 * ZooKeeper lets them: one watch of all instances that stays, and a read of what it says has changed.
 */

const INSTANCES = 100
const SESSION_MS = 600_000
const OPEN_MS_MAX = 60_000
const PARENT = '/users'

const { port, watchers } = input() as { port: number; watchers: number }
const writer = await open()
await add(PARENT, '')
for (let number = 0; number < INSTANCES; number++) await add(pathOf(number), textOf(number))
const { change, seen } = lastSeenMs(watchers, write)
for (let watcher = 0; watcher < watchers; watcher++) await watch(watcher)

answer({}, { change })

async function open(): Promise<Link> {
  const server = { host: '127.0.0.1', port }
  const session = { session: new Session(SESSION_MS), sessionMs: SESSION_MS, credentials: undefined }
  return Link.open({ clock: systemClock, dial: dialSocket(), server, ...session }, AbortSignal.timeout(OPEN_MS_MAX))
}

async function watch(watcher: number): Promise<void> {
  const link = await open()
  await link.watch(PARENT, 'tree', ({ path }) => {
    link.request(getData(path)).then(
      () => seen(watcher),
      () => {},
    )
  })
}

async function add(path: string, text: string): Promise<void> {
  await writer.request(create({ path, data: Buffer.from(text), acl: OPEN_ACL, mode: 'persistent' }))
}

async function write(round: number): Promise<void> {
  const number = round % INSTANCES
  await writer.request(setData(pathOf(number), Buffer.from(textOf(number)), -1))
}

function pathOf(number: number): string {
  return `${PARENT}/${userInstance(number).id}`
}

function textOf(number: number): string {
  return JSON.stringify(userInstance(number))
}
