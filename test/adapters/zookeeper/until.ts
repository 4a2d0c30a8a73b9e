import assert from 'node:assert/strict'
import { setTimeout as delay } from 'node:timers/promises'
import { PATIENCE_MS } from '../../patience.ts'

/** Waits until `condition` holds, which `what` says in words. Errors of the condition count as not yet. */
export async function until(condition: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const giveUp = AbortSignal.timeout(PATIENCE_MS)
  for (;;) {
    try {
      if (await condition()) return
    } catch (error) {
      if (giveUp.aborted) throw error
    }
    if (giveUp.aborted) assert.fail(`Waited ${PATIENCE_MS} ms in vain until ${what}`)
    await delay(10)
  }
}
