/*
 * The messages of etcd v3 as its JSON gateway has them: keys and values in base64, 64-bit numbers as texts, and without each field that has its
 * default (0, false, empty).
 */

/** Heads every answer. */
export interface Header {
  readonly revision?: string
}

/** A key with its value. */
export interface KeyValue {
  readonly key: string
  readonly value?: string
  readonly create_revision?: string
  readonly mod_revision?: string
  readonly lease?: string
}

/** Asks for one key, or for all from `key` up to, but without, `range_end`. */
export interface RangeRequest {
  readonly key: string
  readonly range_end?: string
  readonly limit?: string
  readonly revision?: string
  readonly keys_only?: boolean
}

/** What a range holds; `more` if there is more than the limit. */
export interface RangeAnswer {
  readonly header?: Header
  readonly kvs?: readonly KeyValue[]
  readonly more?: boolean
}

/** Writes a key, to be kept as long as its lease. */
export interface PutRequest {
  readonly key: string
  readonly value: string
  readonly lease?: string
}

/** A condition of a transaction. */
export interface Compare {
  readonly key: string
  readonly target: 'CREATE' | 'LEASE'
  readonly create_revision?: string
  readonly lease?: string
}

/** One step of a transaction. */
export type Operation =
  | { readonly request_range: RangeRequest }
  | { readonly request_put: PutRequest }
  | { readonly request_delete_range: { readonly key: string } }
  | { readonly request_txn: TxnRequest }

/** If every condition holds then `success`, else `failure`; either at one moment. */
export interface TxnRequest {
  readonly compare?: readonly Compare[]
  readonly success?: readonly Operation[]
  readonly failure?: readonly Operation[]
}

/** What became of a transaction. */
export interface TxnAnswer {
  readonly header: Header
  readonly succeeded?: boolean
  readonly responses?: ReadonlyArray<{ readonly response_range?: RangeAnswer }>
}

/** A lease that was granted or kept alive; without `TTL` it is gone. */
export interface LeaseAnswer {
  readonly ID: string
  readonly TTL?: string
}

/** A change of a key. */
export interface WatchEvent {
  /** Absent for a write. */
  readonly type?: 'DELETE'
  /** Without a value when it was deleted; the lease and the revision it was made with are not read. */
  readonly kv: Pick<KeyValue, 'key' | 'value' | 'mod_revision'>
}

/** What the stream of watches brings. */
export interface WatchAnswer {
  readonly header: Header
  readonly watch_id?: string
  readonly created?: boolean
  readonly canceled?: boolean
  readonly cancel_reason?: string
  readonly compact_revision?: string
  readonly events?: readonly WatchEvent[]
}

/** What a request that failed is answered with. */
export interface ErrorAnswer {
  readonly code?: number
  readonly message?: string
}

/** A message of a stream. */
export type StreamAnswer<T> = { readonly result: T } | { readonly error: ErrorAnswer & { readonly grpc_code?: number } }
