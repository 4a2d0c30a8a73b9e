import assert from 'node:assert/strict'
import { setTimeout as wait } from 'node:timers/promises'
import { PATIENCE_MS } from '../../patience.ts'

/** Waits until `condition`, which `what` says in words, is true; a function says them at the end, of what is then. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  what: string | (() => string),
  patienceMs: number = PATIENCE_MS,
): Promise<void> {
  const deadline = performance.now() + patienceMs
  while (!(await condition())) {
    if (performance.now() > deadline) {
      assert.fail(`Waited ${patienceMs} ms in vain until ${typeof what === 'string' ? what : what()}`)
    }
    await wait(2)
  }
}
