import type { Claim } from '../discovery/store/owner.ts'

/** Tells when what was written to the Store survives a crash of the daemon. */
export interface Durability {
  /**
   * Calls back, once, when what was written of `claims` so far is kept, or more than that: at once where nothing is kept anywhere, with the error
   * when it could not be, and then it has been undone.
   */
  whenKept(callback: (error?: Error) => void, claims: readonly Claim[]): void
}

/** Of a daemon that keeps its data in memory only. */
export const inMemory: Durability = { whenKept: callback => callback() }
