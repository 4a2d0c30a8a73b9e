/*
 * The messages of etcd v3 as its JSON gateway has them: keys and values in base64, 64-bit numbers as texts, and without each field that has its
 * default (0, false, empty).
 */

import type { KeyRange } from './key-range.ts'

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
  readonly target: 'CREATE' | 'MOD' | 'LEASE'
  readonly create_revision?: string
  readonly mod_revision?: string
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

/** A lease that was ended. */
export interface RevokeAnswer {
  readonly header: Header
}

/** What one says on a stream of watches. */
export type WatchQuestion =
  | { readonly create_request: KeyRange & { readonly start_revision: string; readonly watch_id: string } }
  | { readonly cancel_request: { readonly watch_id: string } }
  | { readonly progress_request: Readonly<Record<string, never>> }

/** What a request that failed is answered with. */
export interface ErrorAnswer {
  readonly code?: number
  readonly message?: string
}

/** A message of a stream. */
export type StreamAnswer<T> = { readonly result: T } | { readonly error: ErrorAnswer & { readonly grpc_code?: number } }
