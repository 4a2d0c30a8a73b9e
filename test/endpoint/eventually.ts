import { setTimeout } from 'node:timers/promises'

/** Waits, five seconds at most, until `condition` holds. */
export async function eventually(condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 5000
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`In vain: ${String(condition)}`)
    await setTimeout(2)
  }
}
