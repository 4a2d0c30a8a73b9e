/** The key in a service's `Meta` under which Ropewalk says what Consul has no field for. */
export const RECORD_KEY = 'ropewalk'

/** The key in `Meta` of an Instance's id, where that cannot be read from the id in Consul. */
export const ID_KEY = 'ropewalk-id'

/** Begins the ids of our TTL checks. */
export const CHECK_PREFIX = 'ropewalk:'

/** What Ropewalk keeps of an Instance in `Meta`, as JSON, beside what Consul has fields for. */
export interface InstanceRecord {
  /** The version of this form. */
  readonly v: 1
  /** Who wrote it: one claim of one process. */
  readonly claim: string
  /** Counts the writes of that claim, so that no two records are the same. */
  readonly write: number
  readonly startedAt: number
  /** On whose behalf, where that was said. */
  readonly holder?: string
  /** Only where it is draining. */
  readonly draining?: true
  /** Only where it is 0, which Consul does not allow as a weight. */
  readonly weight?: 0
}

/** What fits neither into fields of Consul nor into its `Meta`: kept, as JSON, in the notes of our check, which have no limit. */
export interface InstanceNotes {
  readonly endpoints?: readonly string[]
  readonly metadata?: Readonly<Record<string, string>>
}

/** The record in a service's `Meta`; undefined if Ropewalk did not register it, or a version that we do not know. */
export function recordIn(meta: Readonly<Record<string, string>> | null | undefined): InstanceRecord | undefined {
  const text = meta?.[RECORD_KEY]
  if (text === undefined) return undefined
  try {
    const record = JSON.parse(text) as InstanceRecord
    return record.v === 1 ? record : undefined
  } catch {
    return undefined
  }
}
