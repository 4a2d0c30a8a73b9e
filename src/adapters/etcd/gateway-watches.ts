import { answerError } from './answer-error.ts'
import { decodeText } from './base64.ts'
import type { ErrorAnswer, KeyValue, StreamAnswer } from './messages.ts'
import type { OutgoingWatches } from './outgoing-watches.ts'
import { messagesIn, type OutgoingStream, type StreamListener } from './two-way-stream.ts'
import type { WatchAnswer, WatchAnswerListener, WatchEvent } from './watch-answer.ts'

/** An answer as the gateway has it. */
interface GatewayAnswer {
  readonly header?: { readonly revision?: string }
  readonly watch_id?: string
  readonly created?: boolean
  readonly canceled?: boolean
  readonly cancel_reason?: string
  readonly compact_revision?: string
  readonly events?: ReadonlyArray<{ readonly type?: 'DELETE'; readonly kv: KeyValue }>
}

/** Has watches by the JSON gateway of `node`, on a stream that `open` opens. */
export function gatewayWatches(
  node: string,
  open: (path: string, listener: StreamListener) => OutgoingStream,
  listener: WatchAnswerListener,
): OutgoingWatches {
  const stream = open('/v3/watch', {
    onText: lines => {
      for (const message of messagesIn<StreamAnswer<GatewayAnswer>>(lines)) {
        if ('error' in message) return stream.end(answerError(node, message.error satisfies ErrorAnswer))
        listener.onAnswer(answerIn(message.result))
      }
    },
    onEnd: error => listener.onEnd(error),
  })
  return {
    send: questions => stream.write(questions.map(question => `${JSON.stringify(question)}\n`).join('')),
    end: error => stream.end(error),
  }
}

function answerIn(answer: GatewayAnswer): WatchAnswer {
  return {
    revision: Number(answer.header?.revision ?? 0),
    watchId: Number(answer.watch_id ?? 0),
    isCreated: answer.created ?? false,
    isCancelled: answer.canceled ?? false,
    reason: answer.cancel_reason ?? '',
    compactedRevision: Number(answer.compact_revision ?? 0),
    events: (answer.events ?? []).map(eventIn),
  }
}

function eventIn({ type, kv }: NonNullable<GatewayAnswer['events']>[number]): WatchEvent {
  const { key, value = '', mod_revision: revision = 0 } = kv
  return {
    isDeletion: type === 'DELETE',
    key: decodeText(key),
    value: decodeText(value),
    revision: Number(revision),
  }
}
