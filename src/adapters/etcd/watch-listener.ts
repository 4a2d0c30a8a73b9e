import type { KeyRange } from './key-range.ts'
import type { WatchEvent } from './watch-answer.ts'

/** What to watch. */
export interface WatchRequest {
  readonly range: KeyRange
  /** The first revision to be told of. */
  readonly fromRevision: number
}

/** Who watches. */
export interface WatchListener {
  /** Changes in order, all of each revision together, with the newest of their revisions. */
  onEvents(events: readonly WatchEvent[], revision: number): void
  /**
   * The watch is over, and the listener may have missed something: `EtcdCompactedError`, `EtcdAccessError`, or `EtcdNodeError` when
   * the stream was lost or etcd is not as far as the revision asked for (it has lost its data, or this node is behind).
   */
  onEnd(error: Error): void
}
