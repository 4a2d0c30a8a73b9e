import type { Clock } from '../../core/clock.ts'
import type { EngineCall } from '../../discovery/engine/engine.ts'
import type { Books, BookKeys } from './books.ts'
import type { ClaimWatches } from './claim-watches.ts'
import type { ConsulClient } from './client.ts'
import type { Rights } from './rights.ts'
import type { SessionKeys } from './session-keys.ts'

/** What the claims of one registry share. */
export interface ClaimContext {
  readonly client: ConsulClient
  readonly sessionKeys: SessionKeys
  readonly keys: BookKeys
  readonly books: Books
  readonly rights: Rights
  readonly watches: ClaimWatches
  readonly clock: Clock
  /** The claims that may have something at an agent. */
  readonly held: Set<HeldClaim>
  /** Which lock of this process has each key: its session alone does not tell its claims apart. */
  readonly locks: Map<string, object>
  /** Names this process; begins the names of its claims. */
  readonly holder: string
  /** Names this process for people. */
  readonly name: string
  readonly removeAfterMs: number
}

/** A claim, for the end of a registry. */
export interface HeldClaim {
  /** Gives it up without waiting for the servers to show that, as the process ends; its session lets go of the id. */
  abandon(call: EngineCall): Promise<void>
}
