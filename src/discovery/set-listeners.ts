import { abortable, timeLimit } from '../core/abort.ts'
import type { Clock } from '../core/clock.ts'
import { publish } from '../core/event.ts'
import type { InstanceSet } from './instance-set.ts'

/** Hears of every new set, in order. When it returns a promise, the registry is told that the set is in use only after that has settled. */
export type SetListener = (set: InstanceSet) => void | Promise<void>

/** Those who hear of new sets. One that throws, or takes too long, is told of by an event and hinders nobody. */
export class SetListeners {
  readonly #listeners = new Set<SetListener>()

  /** Adds one; the returned function takes it away. */
  add(listener: SetListener): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  /** Calls all of them at once, and waits for what they return, up to `limitMs`. Never rejects. */
  async tell(set: InstanceSet, { clock, limitMs }: { clock: Clock; limitMs: number }): Promise<void> {
    const pending = Array.from(this.#listeners, listener => call(listener, set)).filter(result => result !== undefined)
    if (pending.length === 0) return
    using limit = timeLimit(clock, limitMs)
    try {
      await abortable(Promise.all(pending), limit.signal)
    } catch {
      const message = `A listener of "${set.serviceName}" holds revision ${set.revision} up for over ${limitMs} ms: going on`
      const { serviceName, revision } = set
      publish('discovery', { level: 'warn', event: 'resolver.listener-slow', message, serviceName, revision })
    }
  }
}

function call(listener: SetListener, set: InstanceSet): Promise<void> | undefined {
  try {
    return listener(set)?.catch((error: unknown) => report(error, set))
  } catch (error) {
    report(error, set)
    return undefined
  }
}

function report(error: unknown, { serviceName, revision }: InstanceSet): void {
  const message = `A listener of "${serviceName}" failed on revision ${revision}`
  publish('discovery', { level: 'error', event: 'resolver.listener-failed', message, serviceName, revision, error })
}
