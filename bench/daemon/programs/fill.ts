import { DaemonRegistry } from '../../../src/adapters/daemon/index.ts'
import { answer, input } from '../../harness/answer.ts'
import { userInstance } from './users.ts'

/* Registers very many instances, of a thousand services, from 64 processes as far as the daemon can tell. */

const SESSIONS = 64
const SERVICES = 1000
const BATCH = 1000
const TTL_MS = 600_000

const { port } = input() as { port: number }
const registries = Array.from({ length: SESSIONS }, () => new DaemonRegistry({ port }))
let registered = 0

answer({}, { fill })

/** Registers so many more. */
async function fill(instances: number): Promise<void> {
  for (const end = registered + instances; registered < end; registered += BATCH) {
    await Promise.all(Array.from({ length: BATCH }, (_, index) => register(registered + index)))
  }
}

async function register(number: number): Promise<void> {
  const instance = userInstance(number, `service-${number % SERVICES}`)
  await registries[number % SESSIONS]?.register(instance, { ttlMs: TTL_MS })
}
