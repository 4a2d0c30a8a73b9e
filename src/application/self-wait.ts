import { AsyncLocalStorage } from 'node:async_hooks'
import { SelfWaitError } from './errors.ts'
import type { Phase } from './phase.ts'
import type { Turn, TurnTaker } from './turn.ts'

/** A hook at work, and the change of the tree that it is a part of. */
interface HookAtWork {
  readonly path: string
  readonly phase: Phase
  readonly turn: Turn | undefined
  isOver: boolean
}

const atWork = new AsyncLocalStorage<HookAtWork>()

/** Runs `hook` so that what it calls knows about it. */
export async function withinHook(who: Omit<HookAtWork, 'isOver'>, hook: () => void | Promise<void>): Promise<void> {
  const call = { ...who, isOver: false }
  try {
    await atWork.run(call, hook)
  } finally {
    call.isOver = true
  }
}

/**
 * Throws `SelfWaitError` when a change of `takers` is asked for by a hook that runs as part of a change of one of them: the new change would
 * wait for the one under way, that for the hook, and the hook, as a rule, for the new change.
 */
export function assertNoSelfWait(takers: Iterable<TurnTaker>): void {
  const call = atWork.getStore()
  if (!call || call.isOver) return
  for (const taker of takers) if (call.turn?.covers(taker)) throw new SelfWaitError(call.path, call.phase)
}
