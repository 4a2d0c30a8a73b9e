import type { Abortable } from '../../core/abort.ts'
import type { ConsulClient } from './client.ts'
import { CONSISTENT, contentOf, type ConsulAnswer } from './request.ts'

/** One key of Consul's key/value store. */
export interface KeyEntry {
  readonly key: string
  readonly value: string
  /** The session that holds it. */
  readonly session: string | undefined
  /** The index of its last change. */
  readonly index: number
}

/** A key as its parts, which are joined by `/`. */
export type Key = readonly string[]

/** What Consul says to a write for a session that is gone. */
export const INVALID_SESSION = /invalid session/

interface WireEntry {
  readonly Key: string
  readonly Value: string | null
  readonly Session?: string
  readonly ModifyIndex: number
}

/** Consul's key/value store. */
export class KeyValue {
  readonly #client: ConsulClient

  constructor(client: ConsulClient) {
    this.#client = client
  }

  /** Undefined if there is no such key. */
  async get(key: Key, options: Abortable): Promise<KeyEntry | undefined> {
    return entriesOf(await this.#client.call({ path: ['kv', ...key], query: CONSISTENT }, options))[0]
  }

  /** Creates a key that must not be there; whether it was not. */
  async create(key: Key, value: string, options: Abortable): Promise<boolean> {
    return this.#put(key, { value, query: { cas: '0' } }, options)
  }

  /** Writes a key for a session, which holds it from then on; false if another one holds it. Rejects when the session is gone. */
  async acquire(
    key: Key,
    { value, session }: { value: string; session: string },
    options: Abortable,
  ): Promise<boolean> {
    return this.#put(key, { value, query: { acquire: session } }, options)
  }

  /** Takes a key that another session holds, if nobody changed it since `entry` was read; whether that is so. */
  async takeOver(entry: KeyEntry, { value, session }: { value: string; session: string }, options: Abortable) {
    return this.#transact(
      [
        { Verb: 'delete-cas', Key: entry.key, Index: entry.index },
        { Verb: 'lock', Key: entry.key, Value: Buffer.from(value).toString('base64'), Session: session },
      ],
      options,
    )
  }

  /** Deletes a key if `session` holds it; whether it did. */
  async release(key: Key, session: string, options: Abortable): Promise<boolean> {
    const Key = key.join('/')
    return this.#transact(
      [
        { Verb: 'check-session', Key, Session: session },
        { Verb: 'delete', Key },
      ],
      options,
    )
  }

  /** The keys below a folder, without their values. */
  async keys(folder: Key, options: Abortable): Promise<readonly string[]> {
    const answer = await this.#client.call({ path: ['kv', ...folder, ''], query: { keys: '', ...CONSISTENT } }, options)
    return answer.status === 404 ? [] : (contentOf(answer) as readonly string[])
  }

  /** What is below a folder at once, then after each change. */
  async *follow(folder: Key, options: Abortable): AsyncGenerator<readonly KeyEntry[], void, void> {
    const request = { path: ['kv', ...folder, ''], query: { recurse: '' } }
    for await (const answer of this.#client.follow(request, options)) yield entriesOf(answer)
  }

  async #put(
    key: Key,
    { value, query }: { value: string; query: Readonly<Record<string, string>> },
    options: Abortable,
  ): Promise<boolean> {
    const answer = await this.#client.call({ method: 'PUT', path: ['kv', ...key], query, body: value }, options)
    return contentOf(answer) === true
  }

  async #transact(operations: readonly object[], options: Abortable): Promise<boolean> {
    const body = operations.map(KV => ({ KV }))
    const { status } = await this.#client.call({ method: 'PUT', path: ['txn'], body }, options)
    return status === 200
  }
}

function entriesOf(answer: ConsulAnswer): readonly KeyEntry[] {
  if (answer.status === 404) return []
  return (contentOf(answer) as readonly WireEntry[]).map(({ Key, Value, Session, ModifyIndex }) => ({
    key: Key,
    value: Buffer.from(Value ?? '', 'base64').toString(),
    session: Session,
    index: ModifyIndex,
  }))
}
