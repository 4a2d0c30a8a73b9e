import type { ClientMessage, HelloMessage, InstanceKey } from './client-message.ts'
import { ProtocolError } from './errors.ts'
import { amount, type Fields, list, object, optional, text, whole } from './fields.ts'
import { decodeFrame } from './frame.ts'
import { RENEW } from './plain-message.ts'
import { PROTOCOL_LIMITS } from './protocol.ts'
import type { WireInstance } from './wire-instance.ts'

/**
 * The messages of a frame from a client, each checked field by field. What is inside an instance or its changes is checked only when it
 * is made an Instance, so that a bad one fails its request and not the session. Throws `ProtocolError`.
 */
export function decodeClientFrame(frame: string): ClientMessage[] {
  return RENEW.messagesIn(frame) ?? decodeFrame(frame).map(decodeClientMessage)
}

function decodeClientMessage(fields: Fields): ClientMessage {
  const type = text(fields, 'type')
  const decode = DECODERS.get(type)
  if (!decode) throw new ProtocolError(`a message of the unknown type ${JSON.stringify(type.slice(0, 80))}`)
  return decode(fields)
}

const DECODERS: ReadonlyMap<string, (fields: Fields) => ClientMessage> = new Map<
  ClientMessage['type'],
  (fields: Fields) => ClientMessage
>([
  ['hello', decodeHello],
  [
    'register',
    fields => ({
      type: 'register',
      seq: whole(fields, 'seq'),
      service: text(fields, 'service'),
      instance: object(fields.instance, 'instance') as unknown as WireInstance,
      ttlMs: amount(fields, 'ttlMs'),
    }),
  ],
  [
    'update',
    fields => ({
      type: 'update',
      ...request(fields),
      ...key(fields),
      changes: object(fields.changes, 'changes'),
    }),
  ],
  ['drain', fields => ({ type: 'drain', ...request(fields), ...key(fields), drainMs: amount(fields, 'drainMs') })],
  ['revoke', fields => ({ type: 'revoke', ...request(fields), ...key(fields) })],
  ['renew', fields => ({ type: 'renew', ...request(fields), ...optional(fields, 'lagMs', amount) })],
  [
    'watch',
    fields => ({
      type: 'watch',
      service: text(fields, 'service'),
      ...optional(fields, 'epoch', text),
      ...optional(fields, 'revision', whole),
      ...optional(fields, 'acknowledged', whole),
    }),
  ],
  ['unwatch', fields => ({ type: 'unwatch', service: text(fields, 'service') })],
  ['ack', fields => ({ type: 'ack', service: text(fields, 'service'), revision: whole(fields, 'revision') })],
  ['watch-names', () => ({ type: 'watch-names' })],
  ['unwatch-names', () => ({ type: 'unwatch-names' })],
  ['bye', () => ({ type: 'bye' })],
])

function decodeHello(fields: Fields): HelloMessage {
  const session = text(fields, 'session')
  if (session.length < 16 || session.length > 64)
    throw new ProtocolError('a session id that is not 16 to 64 characters')
  const client = object(fields.client, 'client')
  return {
    type: 'hello',
    protocol: whole(fields, 'protocol'),
    session,
    client: { name: text(client, 'name'), pid: whole(client, 'pid'), host: text(client, 'host') },
    held: list(fields, 'held', PROTOCOL_LIMITS.heldInstances).map(one => key(object(one, 'held'))),
  }
}

function request(fields: Fields): { seq: number } {
  return { seq: whole(fields, 'seq') }
}

function key(fields: Fields): InstanceKey {
  return { service: text(fields, 'service'), id: text(fields, 'id') }
}
