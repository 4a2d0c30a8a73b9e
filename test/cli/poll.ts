import { setTimeout as delay } from 'node:timers/promises'
import { PATIENCE_MS } from '../patience.ts'

/** Waits until `condition` holds, looking every 10 ms for at most `limitMs`; then throws. */
export async function poll(condition: () => boolean | Promise<boolean>, limitMs = PATIENCE_MS): Promise<void> {
  const end = performance.now() + limitMs
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`Not within ${limitMs} ms: ${String(condition)}`)
    await delay(10)
  }
}
