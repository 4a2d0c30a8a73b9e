import { setTimeout as delay } from 'node:timers/promises'
import { openRegistry } from '../../../src/cli/open-registry.ts'
import { Client } from '../../../src/client/client.ts'
import { answer, input } from '../../harness/answer.ts'

/* Calls `users` all the time, and tells when it begins and ceases to pick an instance. */

const CALLERS = 4

const { url } = input() as { url: string }
const registry = await openRegistry(url)
await registry.start()
const client = new Client({ registry })
for (let caller = 0; caller < CALLERS; caller++) void call()

answer({}, { picked: (id: string) => until(id, true), unpicked: (id: string) => until(id, false) })

async function call(): Promise<never> {
  for (;;) {
    const { body } = await client.request('http://users/')
    await body.dump()
    await delay(1)
  }
}

/** The moment at which the instance is picked, or is not, in milliseconds since 1970. */
async function until(id: string, isPicked: boolean): Promise<number> {
  const picks = () => client.explain('users').candidates.some(candidate => candidate.id === id && candidate.picked)
  while (picks() !== isPicked) await delay(1)
  return performance.timeOrigin + performance.now()
}
