import type { OpenWatches, OutgoingWatches } from '../../../src/adapters/etcd/outgoing-watches.ts'
import type { WatchQuestion } from '../../../src/adapters/etcd/messages.ts'
import type { WatchAnswer, WatchAnswerListener } from '../../../src/adapters/etcd/watch-answer.ts'

/** What most answers say. */
const USUAL: WatchAnswer = {
  revision: 9,
  watchId: 0,
  isCreated: false,
  isCancelled: false,
  reason: '',
  compactedRevision: 0,
  events: [],
}

/** A stream of watches whose other side is the test. */
class ScriptedWatchStream implements OutgoingWatches {
  readonly sent: WatchQuestion[] = []
  readonly #listener: WatchAnswerListener
  ended: Error | undefined

  constructor(listener: WatchAnswerListener) {
    this.#listener = listener
  }

  send(questions: readonly WatchQuestion[]): void {
    this.sent.push(...questions)
  }

  end(error: Error): void {
    if (this.ended) return
    this.ended = error
    this.#listener.onEnd(error)
  }

  /** Has these answers come. */
  say(...answers: Partial<WatchAnswer>[]): void {
    for (const answer of answers) this.#listener.onAnswer({ ...USUAL, ...answer })
  }
}

/** Opens such streams. */
export class ScriptedWatches {
  readonly streams: ScriptedWatchStream[] = []

  readonly open: OpenWatches = async listener => {
    const stream = new ScriptedWatchStream(listener)
    this.streams.push(stream)
    return stream
  }

  /** The one opened last. */
  get last(): ScriptedWatchStream {
    return this.streams.at(-1) as ScriptedWatchStream
  }
}
