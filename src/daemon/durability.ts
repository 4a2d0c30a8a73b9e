import type { JournalError } from './errors.ts'

/** Tells when what was written to the Store survives a crash of the daemon. */
export interface Durability {
  /**
   * Calls back, once, when everything written to the Store so far is kept: at once where nothing is kept on disk, with the error when it
   * could not be, and then it has been undone.
   */
  whenKept(callback: (error?: JournalError) => void): void
}

/** Of a daemon that keeps its data in memory only. */
export const inMemory: Durability = { whenKept: callback => callback() }
