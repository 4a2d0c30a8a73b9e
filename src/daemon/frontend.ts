import type { Clock } from '../core/clock.ts'
import type { Store } from '../discovery/store/store.ts'
import type { BackendSummary } from '../protocol/rest.ts'
import type { Router } from '../web/router.ts'
import type { Access } from './access/access.ts'
import type { Durability } from './durability.ts'
import type { Turn } from './turn.ts'

/** What a frontend works on. */
export interface FrontendContext {
  readonly store: Store
  readonly durability: Durability
  readonly clock: Clock
  /** What is left to the end of a turn. */
  readonly turn: Turn
  /** The folder of the daemon's data; undefined where nothing is kept. */
  readonly dataPath: string | undefined
  /** What is behind a front; undefined in a daemon with data of its own. */
  readonly backend: (() => BackendSummary) | undefined
  /** Who may do what: to be asked before anything is told or done. */
  readonly access: Access
}

/** A way in to the registry daemon beside the native session: REST, the Consul API, … All share one Store and one listener. */
export interface Frontend {
  /** Adds its routes. Called at each start, before the daemon listens; what it throws fails the start. */
  mount(router: Router, context: FrontendContext): void
  /**
   * Ends what it holds open, such as event streams, so that the daemon can stop. What is asked from now on, as connections that are open still may, is
   * answered as before, but at once.
   */
  leave(): void
  /** Lets everything go: nobody asks any more. */
  close(): void
}
