import type { WatchQuestion } from './messages.ts'
import type { WatchAnswerListener } from './watch-answer.ts'

/** The way out of a stream of watches. */
export interface OutgoingWatches {
  /** Those of a stream that has ended go nowhere. */
  send(questions: readonly WatchQuestion[]): void
  /** Closes the connection and tells the listener why, unless the stream has ended. */
  end(error: Error): void
}

/** Opens a stream of watches at the node that is used. */
export type OpenWatches = (listener: WatchAnswerListener) => Promise<OutgoingWatches>
