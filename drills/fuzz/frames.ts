import * as fc from 'fast-check'
import { valueOf } from './requests.ts'

const FIELDS =
  'type seq service instance ttlMs id changes drainMs revision epoch acknowledged held session client protocol lagMs endpoints weight zone tags metadata startedAt status'.split(
    ' ',
  )

const INSTANCE = { id: 'a', endpoints: ['tcp://127.0.0.1:1'], startedAt: 0 }

/** One right message of each type. */
const MESSAGES: readonly Readonly<Record<string, unknown>>[] = [
  { type: 'register', seq: 1, service: 'users', instance: INSTANCE, ttlMs: 60_000 },
  { type: 'update', seq: 2, service: 'users', id: 'a', changes: { weight: 3 } },
  { type: 'drain', seq: 3, service: 'users', id: 'a', drainMs: 5 },
  { type: 'revoke', seq: 4, service: 'users', id: 'a' },
  { type: 'renew', seq: 5, lagMs: 0 },
  { type: 'watch', service: 'users', epoch: 'x', revision: 1, acknowledged: 1 },
  { type: 'unwatch', service: 'users' },
  { type: 'ack', service: 'users', revision: 1 },
  { type: 'watch-names' },
  { type: 'unwatch-names' },
  { type: 'hello', protocol: 1, session: 'x'.repeat(16), client: { name: 'a', pid: 1, host: 'b' }, held: [] },
  { type: 'bye' },
]

/** Fields of an instance, each right or nearly so. */
const nearly = fc.record(
  {
    endpoints: fc.array(fc.constantFrom('tcp://127.0.0.1:1', 'unix:///run/x', 'tcp://[::1]:65535', '', 'x'), {
      maxLength: 3,
    }),
    weight: fc.oneof(fc.integer({ min: -1, max: 70_000 }), fc.double()),
    zone: fc.string({ maxLength: 300 }),
    version: fc.string({ maxLength: 5 }),
    tags: fc.array(fc.string({ maxLength: 5 }), { maxLength: 70 }),
    metadata: fc.dictionary(fc.string({ maxLength: 5 }), fc.string({ maxLength: 50 }), { maxKeys: 5 }),
    status: fc.constantFrom('ready', 'draining', 'gone'),
    startedAt: fc.integer(),
  },
  { requiredKeys: [] },
)

/** Messages about the same few instances, so that they find what others have made. */
const related: fc.Arbitrary<unknown> = fc
  .record({
    id: fc.constantFrom('a', 'b'),
    fields: nearly,
    type: fc.constantFrom('register', 'update', 'drain', 'revoke'),
  })
  .map(messageAbout)

function messageAbout({ id, fields, type }: { id: string; fields: object; type: string }): object {
  const message = { type, seq: 6, service: 'users', id }
  switch (type) {
    case 'register':
      return { ...message, instance: { ...INSTANCE, ...fields, id }, ttlMs: 60_000 }
    case 'update':
      return { ...message, changes: fields }
    case 'drain':
      return { ...message, drainMs: 5 }
    default:
      return message
  }
}

/** Messages that are right but for some fields, or that are none. */
const messages: fc.Arbitrary<unknown> = fc.oneof(
  {
    arbitrary: fc
      .tuple(
        fc.constantFrom(...MESSAGES),
        fc.dictionary(fc.constantFrom(...FIELDS), valueOf(FIELDS), { maxKeys: 2, noNullPrototype: true }),
      )
      .map(([message, changes]) => Object.assign({}, message, changes, { type: message['type'] })),
    weight: 6,
  },
  { arbitrary: related, weight: 6 },
  { arbitrary: valueOf(FIELDS), weight: 1 },
)

/** Texts that a session is sent, one a frame. */
export const frames: fc.Arbitrary<readonly string[]> = fc.array(
  fc.oneof(
    { arbitrary: fc.array(messages, { maxLength: 5 }).map(list => JSON.stringify(list)), weight: 6 },
    { arbitrary: fc.string(), weight: 1 },
    { arbitrary: fc.constantFrom('[]', '{}', '[null]', '['.repeat(5_000), '[{"type":"register"}]', '[[]]'), weight: 1 },
  ),
  { minLength: 1, maxLength: 6 },
)

/** Bytes that are sent after the handshake, which need not be frames. */
export const frameBytes: fc.Arbitrary<Uint8Array> = fc
  .tuple(fc.constantFrom(0x81, 0x01, 0x80, 0x82, 0x88, 0x89, 0x8a, 0xc1, 0x8f, 0x00), fc.uint8Array({ maxLength: 200 }))
  .map(([head, rest]) => Uint8Array.from([head, ...rest]))
