import type { Registry } from '../../discovery/registry.ts'

/** The registry that a daemon is the front of. */
export interface Backend {
  /** Whoever opened it closes it, after the daemon has stopped. */
  readonly registry: Registry
  /** How people write it, without secrets: `etcd://10.0.0.1:2379`. */
  readonly url: string
}
