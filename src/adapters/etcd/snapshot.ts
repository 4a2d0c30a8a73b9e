import { randomUUID } from 'node:crypto'
import type { EngineCall } from '../../discovery/engine/engine.ts'
import { decodeText, encodeText } from './base64.ts'
import type { EtcdClient } from './client.ts'
import type { DataHistory } from './data-history.ts'
import { keysAfter, type KeyRange } from './key-range.ts'
import type { Layout } from './layout.ts'
import type { KeyValue, RangeAnswer, TxnAnswer } from './messages.ts'

/** So many keys come with one answer. */
const PAGE_KEYS = 1_000

/** What to read. */
export interface SnapshotRequest {
  readonly client: EtcdClient
  readonly layout: Layout
  readonly history: DataHistory
  readonly range: KeyRange
  readonly keysOnly?: boolean
  /** One more key. */
  readonly mark?: string
}

/** A key with its value, as the texts they are. */
export interface Entry {
  readonly key: string
  readonly value: string
}

/** Keys as they all were at one moment. */
export interface Snapshot {
  readonly epoch: string
  readonly revision: number
  readonly entries: readonly Entry[]
  /** Whether the key `mark` was there. */
  readonly isMarked: boolean
}

/** Reads a range of keys, however many, with the epoch, all of one revision. An etcd that has no epoch is given one. */
export async function readSnapshot(request: SnapshotRequest, call: EngineCall): Promise<Snapshot> {
  const { client, layout, history, range, mark = layout.epoch } = request
  const before = history.newest
  const first = { ...range, keys_only: request.keysOnly === true, limit: String(PAGE_KEYS) }
  const keys = [layout.epoch, mark].map(key => ({ request_range: { key } }))
  const answer = await client.txn({ success: [...keys, { request_range: first }] }, call)
  const [epochs, marked, page] = rangesOf(answer)
  const id = epochs?.kvs?.[0]?.value
  if (id === undefined) {
    await beginEpoch(request, call)
    return readSnapshot(request, call)
  }
  const revision = Number(answer.header.revision)
  const kvs = [...(page?.kvs ?? [])]
  for (let more = page?.more; more === true;) {
    const rest = keysAfter(kvs.at(-1)?.key ?? range.key, range)
    const next = await client.range({ ...first, ...rest, revision: String(revision) }, call)
    kvs.push(...(next.kvs ?? []))
    more = next.more
  }
  const epoch = history.epoch(decodeText(id), revision, before)
  return { epoch, revision, entries: kvs.map(entryOf), isMarked: marked?.kvs?.[0] !== undefined }
}

/** Names the data, unless somebody else is quicker. */
async function beginEpoch({ client, layout }: SnapshotRequest, call: EngineCall): Promise<void> {
  await client.txn(
    {
      compare: [{ key: layout.epoch, target: 'CREATE', create_revision: '0' }],
      success: [{ request_put: { key: layout.epoch, value: encodeText(randomUUID()) } }],
    },
    call,
  )
}

function entryOf({ key, value = '' }: KeyValue): Entry {
  return { key: decodeText(key), value: decodeText(value) }
}

function rangesOf({ responses = [] }: TxnAnswer): Array<RangeAnswer | undefined> {
  return responses.map(({ response_range: range }) => range)
}
