import { answer, input } from '../../harness/answer.ts'
import { inBatches, SERVICES, serviceInstance } from './instances.ts'
import { ZookeeperSession } from './zookeeper-session.ts'

/* Registers very many instances in a ZooKeeper, of a thousand services, in 64 sessions. */

const SESSIONS = 64

const { port } = input() as { port: number }
const sessions = await Promise.all(Array.from({ length: SESSIONS }, () => ZookeeperSession.open(port)))
const [first] = sessions
for (let service = 0; service < SERVICES; service++) await first?.create(`/service-${service}`, '', 'persistent')

answer({}, { fill })

/** A session has one request in flight. */
async function fill(instances: number): Promise<void> {
  await inBatches(instances, put, SESSIONS)
}

async function put(number: number): Promise<void> {
  const instance = serviceInstance(number)
  const path = `/${instance.serviceName}/${instance.id}`
  await sessions[number % SESSIONS]?.create(path, JSON.stringify(instance), 'session')
}
