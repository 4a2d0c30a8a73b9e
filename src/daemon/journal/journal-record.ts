import { createInstance } from '../../discovery/create-instance.ts'
import { plainInstance } from '../../discovery/plain-instance.ts'
import type { LeaseRecord } from '../../discovery/store/claims.ts'
import type { Claim } from '../../discovery/store/owner.ts'

/** Changes of what the lines say raise it; a file of another one is not touched. */
export const JOURNAL_FORMAT = 2

/** What a journal says beside the claims. */
export interface JournalHead {
  /** Names the data. */
  readonly epoch: string
  /** The newest revision when it was last written. */
  readonly revision: number
}

/** Changes that are written together or not at all: one line of the journal. */
export interface JournalBatch {
  readonly put: readonly LeaseRecord[]
  /** The numbers of claims that are gone. */
  readonly removed: readonly number[]
  readonly head: JournalHead
}

/** A batch as a line has it: the claims not looked at. */
export interface WrittenBatch extends Omit<JournalBatch, 'put'> {
  readonly format: number
  readonly put: readonly WrittenRecord[]
}

/** A claim as a line has it: every field is there, the instance not looked at. */
export type WrittenRecord = Omit<LeaseRecord, 'instance'> & { readonly instance: unknown }

/** What is to be written of a claim. */
export function recordOf({ number, owner: { id, name, kind }, instance, ttlMs, drainRevision }: Claim): LeaseRecord {
  return { number, owner: { id, name, kind }, ttlMs, draining: drainRevision > 0, instance: plainInstance(instance) }
}

/** Throws `InvalidInstanceError` when the instance is not valid (any more). */
export function readRecord({ instance, ...record }: WrittenRecord): LeaseRecord {
  return { ...record, instance: createInstance(instance as LeaseRecord['instance']) }
}
