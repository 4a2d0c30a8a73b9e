import type { Clock, Timer } from '../core/clock.ts'
import { elapsedMs } from '../core/elapsed.ts'
import { ServiceHungError } from './errors.ts'
import type { Phase, PhaseContext } from './phase.ts'
import { withinHook } from './self-wait.ts'
import type { Turn } from './turn.ts'

/** How long a hook may take to settle after its signal has aborted; then it is abandoned. */
const HANG_GRACE_MS = 1_000

/** What a service does in each phase. */
export type Hooks = Readonly<Record<Phase, (context: PhaseContext) => void | Promise<void>>>

/** Whose hooks they are. */
export interface HookOwner {
  readonly path: string
  readonly clock: Clock
  /** The first is the change that runs its hooks. */
  readonly turns: readonly Turn[]
}

/** One call of a hook. */
interface HookRun {
  readonly phase: Phase
  /** On the owner's clock. */
  readonly since: number
}

/** Runs the hooks of one service, one at a time, and does not wait for ever for one that hangs. */
export class HookRunner {
  readonly #hooks: Hooks
  readonly #owner: HookOwner
  /** The oldest first; more than one only when some were abandoned. */
  readonly #unsettled = new Set<HookRun>()
  readonly #abandoned = new Set<HookRun>()

  constructor(hooks: Hooks, owner: HookOwner) {
    this.#hooks = hooks
    this.#owner = owner
  }

  /** The hook that has not settled, the oldest if several were abandoned; undefined when all have. */
  get running(): { phase: Phase; forMs: number } | undefined {
    const [oldest] = this.#unsettled
    return oldest && { phase: oldest.phase, forMs: elapsedMs(this.#owner.clock, oldest.since) }
  }

  /** The phase of a hook that was abandoned and has not settled since. */
  get hung(): Phase | undefined {
    const [oldest] = this.#abandoned
    return oldest?.phase
  }

  /**
   * Runs the hook of one phase. Rejects with what the hook did, or with `ServiceHungError` when it has not settled soon after `signal`
   * aborted.
   */
  async run(phase: Phase, signal: AbortSignal): Promise<void> {
    const run = { phase, since: this.#owner.clock.now() }
    this.#unsettled.add(run)
    const settled = this.#invoke(phase, signal).finally(() => {
      this.#unsettled.delete(run)
      this.#abandoned.delete(run)
    })
    const hung = Promise.withResolvers<never>()
    const abandon = () => {
      this.#abandoned.add(run)
      settled.catch(() => {})
      hung.reject(new ServiceHungError(this.#owner.path, phase))
    }
    const watch = this.#watch(signal, abandon)
    try {
      await Promise.race([settled, hung.promise])
    } finally {
      watch.end()
    }
  }

  async #invoke(phase: Phase, signal: AbortSignal): Promise<void> {
    const { path, turns } = this.#owner
    await withinHook({ path, phase, turn: turns[0] }, () => this.#hooks[phase]({ signal }))
  }

  /** Calls `abandon` when the grace after `signal` has aborted is over, unless ended before. */
  #watch(signal: AbortSignal, abandon: () => void): { end: () => void } {
    let timer: Timer | undefined
    const onAbort = () => {
      timer = this.#owner.clock.schedule(HANG_GRACE_MS, abandon)
    }
    if (signal.aborted) onAbort()
    signal.addEventListener('abort', onAbort, { once: true })
    return {
      end() {
        signal.removeEventListener('abort', onAbort)
        timer?.cancel()
      },
    }
  }
}
