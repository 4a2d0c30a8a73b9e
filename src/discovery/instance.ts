/**
 * How much an Instance is to be trusted with new work, as its consumers see it.
 *
 * - `ready`: connection and heartbeat are both fine.
 * - `unconfirmed`: known from before the registry's restart and not heard of since; used as before until the grace is over.
 * - `late`: the connection is open but the heartbeat overdue, as of a busy or stopped process; chosen after the ready ones.
 * - `suspect`: the connection was lost without goodbye, as in a crash; chosen only when nothing else is left.
 * - `draining`: on its way down; never chosen for new work.
 */
export type InstanceStatus = 'ready' | 'unconfirmed' | 'late' | 'suspect' | 'draining'

/** One running copy of a service. Immutable: a change makes a new one. */
export interface Instance {
  /** The name it is found under: 1 to 255 bytes of UTF-8, no control characters, no `/`. What is called by URL should be lower case. */
  readonly serviceName: string
  /** Unique within the service name: 1 to 255 bytes of UTF-8, no control characters, no `/`. */
  readonly id: string
  /**
   * Where to connect, the preferred one first, as endpoint URLs: `tcp://10.0.0.5:8080`, `tls://…`, `unix:/run/x.sock`. 1 to 16, each up
   * to 1,024 bytes, without spaces or control characters.
   */
  readonly endpoints: readonly string[]
  /** Its share of the work beside others, a whole number: 0 (none) to 65,535, usually 1. */
  readonly weight: number
  /** Where it runs, as the operator divides the world: empty if not divided. Up to 255 bytes, no control characters. */
  readonly zone: string
  /** What it runs: empty if not said. Up to 255 bytes, no control characters. */
  readonly version: string
  /** At most 64, each 1 to 255 bytes, no control characters. */
  readonly tags: readonly string[]
  /** Whatever consumers should know. Keys and values together at most 64 KiB of UTF-8; a key is not empty. */
  readonly metadata: Readonly<Record<string, string>>
  /** When it became ready to work, in milliseconds since 1970, by its own clock. */
  readonly startedAt: number
  readonly status: InstanceStatus
}

/** What one has to say of an Instance; the rest has defaults (`createInstance`). */
export type InstanceInit = Pick<Instance, 'serviceName' | 'id' | 'endpoints'> & Partial<Instance>
