import type { DrainReport } from '../discovery/lease.ts'
import type { InstanceKey } from './client-message.ts'
import { ProtocolError } from './errors.ts'
import { amount, type Fields, list, object, optional, text, texts, truth, whole } from './fields.ts'
import { decodeFrame } from './frame.ts'
import { OK } from './plain-message.ts'
import { PROTOCOL_LIMITS } from './protocol.ts'
import type { DeltaMessage, ServerMessage, SetMessage, WelcomeMessage } from './server-message.ts'
import type { WireInstance } from './wire-instance.ts'

/** The most entries of one list from a server: instances of a set, names. */
const ENTRIES_MAX = 1_000_000

/**
 * The messages of a frame from a daemon, each checked field by field; instances are checked when they are made whole
 * (`fromWireInstance`). Messages of a type unknown here are left out: a newer daemon may say more. Throws `ProtocolError`.
 */
export function decodeServerFrame(frame: string): ServerMessage[] {
  const plain = OK.messagesIn(frame)
  if (plain) return plain
  const messages: ServerMessage[] = []
  for (const fields of decodeFrame(frame)) {
    const message = DECODERS.get(text(fields, 'type'))?.(fields)
    if (message) messages.push(message)
  }
  return messages
}

const DECODERS: ReadonlyMap<string, (fields: Fields) => ServerMessage> = new Map<
  ServerMessage['type'],
  (fields: Fields) => ServerMessage
>([
  ['welcome', decodeWelcome],
  ['ok', fields => ({ type: 'ok', seq: whole(fields, 'seq') })],
  ['drained', fields => ({ type: 'drained', seq: whole(fields, 'seq'), report: decodeReport(fields) })],
  [
    'error',
    fields => ({
      type: 'error',
      seq: whole(fields, 'seq'),
      code: text(fields, 'code'),
      message: text(fields, 'message'),
    }),
  ],
  ['lost', fields => ({ type: 'lost', ...key(fields), cause: text(fields, 'cause') })],
  [
    'denied',
    fields => ({
      type: 'denied',
      service: text(fields, 'service'),
      code: text(fields, 'code'),
      message: text(fields, 'message'),
    }),
  ],
  ['set', decodeSet],
  ['delta', decodeDelta],
  [
    'names',
    fields => ({
      type: 'names',
      revision: whole(fields, 'revision'),
      names: texts(fields, 'names', ENTRIES_MAX),
      ...optional(fields, 'filtered', truth),
    }),
  ],
])

function decodeWelcome(fields: Fields): WelcomeMessage {
  const server = object(fields.server, 'server')
  return {
    type: 'welcome',
    protocol: whole(fields, 'protocol'),
    epoch: text(fields, 'epoch'),
    server: { name: text(server, 'name'), version: text(server, 'version') },
    pingMs: amount(fields, 'pingMs'),
    graceMs: amount(fields, 'graceMs'),
    held: list(fields, 'held', PROTOCOL_LIMITS.heldInstances).map(one => key(object(one, 'held'))),
  }
}

function decodeReport(fields: Fields): DrainReport {
  const report = object(fields.report, 'report')
  return {
    acknowledged: truth(report, 'acknowledged'),
    watchers: whole(report, 'watchers'),
    missing: texts(report, 'missing', ENTRIES_MAX),
    tookMs: amount(report, 'tookMs'),
  }
}

function decodeSet(fields: Fields): SetMessage {
  return {
    type: 'set',
    service: text(fields, 'service'),
    revision: whole(fields, 'revision'),
    known: truth(fields, 'known'),
    settled: truth(fields, 'settled'),
    ...optional(fields, 'stale', truth),
    instances: instances(fields, 'instances'),
  }
}

/** The very object that was parsed: this is what a daemon says most, and to most. */
function decodeDelta(fields: Fields): DeltaMessage {
  const from = whole(fields, 'from')
  const to = whole(fields, 'to')
  if (from > to) throw new ProtocolError(`a delta that goes back from revision ${from} to ${to}`)
  text(fields, 'service')
  truth(fields, 'known')
  truth(fields, 'settled')
  if (fields.stale !== undefined) truth(fields, 'stale')
  if (fields.put !== undefined) objects(fields, 'put')
  if (fields.changed !== undefined) for (const change of objects(fields, 'changed')) text(change, 'id')
  if (fields.gone !== undefined) texts(fields, 'gone', ENTRIES_MAX)
  return fields as unknown as DeltaMessage
}

function instances(fields: Fields, name: string): readonly WireInstance[] {
  return objects(fields, name) as readonly unknown[] as readonly WireInstance[]
}

/** The list of objects at `name`, of at most `ENTRIES_MAX`. */
function objects(fields: Fields, name: string): readonly Fields[] {
  const entries = list(fields, name, ENTRIES_MAX)
  for (const entry of entries) object(entry, name)
  return entries as readonly Fields[]
}

function key(fields: Fields): InstanceKey {
  return { service: text(fields, 'service'), id: text(fields, 'id') }
}
