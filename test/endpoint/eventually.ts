import { setTimeout } from 'node:timers/promises'
import { PATIENCE_MS } from '../patience.ts'

/** Waits, a minute at most, until `condition` holds. */
export async function eventually(condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`In vain: ${String(condition)}`)
    await setTimeout(2)
  }
}
