/** A change of a key. */
export interface WatchEvent {
  readonly isDeletion: boolean
  readonly key: string
  /** Empty when it was deleted. */
  readonly value: string
  readonly revision: number
}

/** What etcd says on a stream of watches. */
export interface WatchAnswer {
  /** Of etcd, when it said so; 0 if it did not tell. */
  readonly revision: number
  readonly watchId: number
  /** The answer to the question to create a watch, for better or worse. */
  readonly isCreated: boolean
  readonly isCancelled: boolean
  /** Why it was cancelled; empty if that is not told. */
  readonly reason: string
  /** What was before that revision is no longer kept, and so there is no watch; 0 otherwise. */
  readonly compactedRevision: number
  readonly events: readonly WatchEvent[]
}

/** Who hears what a stream of watches brings. */
export interface WatchAnswerListener {
  onAnswer(answer: WatchAnswer): void
  /** The stream is over, once: nothing follows. */
  onEnd(error: Error): void
}
