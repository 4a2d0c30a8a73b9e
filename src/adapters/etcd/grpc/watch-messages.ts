import type { WatchQuestion } from '../messages.ts'
import type { WatchAnswer, WatchEvent } from '../watch-answer.ts'
import { bytesField, numberField } from './protobuf-fields.ts'
import { ProtobufReader } from './protobuf-reader.ts'

/* The fields of etcd's `rpc.proto` and `kv.proto` that watches need. */
const QUESTION = { create: 1, cancel: 2, progress: 3 }
const CREATE = { key: 1, rangeEnd: 2, startRevision: 3, watchId: 7 }
const CANCEL = { watchId: 1 }
const HEADER_REVISION = 3
const KEY_VALUE = { key: 1, revision: 3, value: 5 }
const EVENT = { type: 1, keyValue: 2 }
const DELETION = 1

/** A question as protobuf has it. */
export function encodeQuestion(question: WatchQuestion): Uint8Array {
  if ('progress_request' in question) return Uint8Array.from(bytesField(QUESTION.progress, []))
  if ('cancel_request' in question) {
    return Uint8Array.from(
      bytesField(QUESTION.cancel, numberField(CANCEL.watchId, Number(question.cancel_request.watch_id))),
    )
  }
  const { key, range_end: rangeEnd, start_revision: revision, watch_id: watchId } = question.create_request
  return Uint8Array.from(
    bytesField(QUESTION.create, [
      ...bytesField(CREATE.key, Buffer.from(key, 'base64')),
      ...bytesField(CREATE.rangeEnd, Buffer.from(rangeEnd, 'base64')),
      ...numberField(CREATE.startRevision, Number(revision)),
      ...numberField(CREATE.watchId, Number(watchId)),
    ]),
  )
}

/** The answer that stands from `start` up to `end` in `bytes`. Throws when it is no protobuf; fields that are unknown are passed over. */
export function decodeAnswer({ bytes, start, end }: { bytes: Buffer; start: number; end: number }): WatchAnswer {
  let [revision, watchId, compactedRevision, reason] = [0, 0, 0, '']
  let [isCreated, isCancelled] = [false, false]
  const events: WatchEvent[] = []
  for (const fields = new ProtobufReader(bytes, start, end); fields.next();) {
    switch (fields.field) {
      case 1:
        revision = revisionIn(fields.message())
        break
      case 2:
        watchId = fields.number
        break
      case 3:
        isCreated = fields.number === 1
        break
      case 4:
        isCancelled = fields.number === 1
        break
      case 5:
        compactedRevision = fields.number
        break
      case 6:
        reason = fields.text()
        break
      case 11:
        events.push(eventIn(fields.message()))
        break
      default:
    }
  }
  return { revision, watchId, isCreated, isCancelled, reason, compactedRevision, events }
}

function revisionIn(header: ProtobufReader): number {
  let revision = 0
  while (header.next()) if (header.field === HEADER_REVISION) revision = header.number
  return revision
}

function eventIn(event: ProtobufReader): WatchEvent {
  let isDeletion = false
  let [key, value, revision] = ['', '', 0]
  while (event.next()) {
    if (event.field === EVENT.type) isDeletion = event.number === DELETION
    if (event.field !== EVENT.keyValue) continue
    const pair = event.message()
    while (pair.next()) {
      if (pair.field === KEY_VALUE.key) key = pair.text()
      else if (pair.field === KEY_VALUE.value) value = pair.text()
      else if (pair.field === KEY_VALUE.revision) revision = pair.number
    }
  }
  return { isDeletion, key, value, revision }
}
