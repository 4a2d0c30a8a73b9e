import { userInstance } from '../../daemon/programs/users.ts'
import type { Instance } from '../../../src/discovery/instance.ts'

/** How many services there are. */
export const SERVICES = 1_000

const BATCH = 1_000

/** The instance of that number, of one of the services. */
export function serviceInstance(number: number): Instance {
  return userInstance(number, `service-${number % SERVICES}`)
}

/** Does something `count` times, so many at once. */
export async function inBatches(count: number, work: (number: number) => Promise<void>, batch = BATCH): Promise<void> {
  for (let from = 0; from < count; from += batch) {
    const size = Math.min(batch, count - from)
    await Promise.all(Array.from({ length: size }, (_, at) => work(from + at)))
  }
}
